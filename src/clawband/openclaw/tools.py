"""OpenClaw's tools: what each one does, and what a call of it names.

The built-in tools are in `catalogue.toml`; those of the deployment are declared in the workflow's
manifest. A tool that is in neither is `tool:unknown`, the most dangerous action. Pure: no call
here reads or resolves anything.
"""

import pkgutil
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from clawband.model.access import Action, Facts, Resource, ResourceKind
from clawband.model.deployment import Tool, Workflow
from clawband.model.errors import InvariantError
from clawband.model.label import Confidentiality
from clawband.openclaw.facts import facts, size

WRAPPER = "tool_call"
"""Tool search's wrapper: `{id, args}` around the call of a tool the model was not shown."""
_INNER = "tool_search_code:"
_PLAIN = {"message": frozenset({"send", "reply", "thread-reply"})}
"""Tools of many actions: what is not one of these (edit, ban, unsend) counts as the worst."""
_LISTS = (
    "hosts", "paths", "recipients", "ids", "accounts", "commands", "names", "dates", "contents",
    "attested",
)  # fmt: skip
_KEYS = frozenset(
    {"effect", "outside", "confidentiality", "clearance", "amount", "launch", *_LISTS}
)
_EFFECTS = frozenset(action for action in Action if action.startswith("tool:"))


@cache
def catalogue() -> Mapping[str, Tool]:
    """The built-in tools of the OpenClaw release this one was made for, by name."""
    # Shipped beside the code and fixed like it: package data, not a file of the deployment.
    shipped = pkgutil.get_data("clawband.openclaw", "catalogue.toml") or b""
    return load(shipped.decode())


def load(text: str) -> Mapping[str, Tool]:
    """A catalogue from its TOML. Raises `InvariantError`: a wrong catalogue is our defect."""
    return {name: _entry(name, entry) for name, entry in tomllib.loads(text)["tools"].items()}


def _entry(name: str, entry: Mapping[str, Any]) -> Tool:
    effect = f"tool:{entry.get('effect', '')}"
    wrong = sorted(set(entry) - _KEYS)
    if effect not in _EFFECTS or effect == Action.UNKNOWN or wrong:
        got = f"the keys {', '.join(wrong)}" if wrong else f"the effect `{effect}`"
        raise InvariantError(f"expected known keys and a known effect of `{name}`, got {got}")
    lists: Mapping[str, Any] = {key: tuple(entry.get(key, ())) for key in _LISTS}
    return Tool(
        name=name,
        effect=effect,
        outside=entry.get("outside", True),
        confidentiality=_level(entry, "confidentiality", Confidentiality.PUBLIC),
        clearance=_level(entry, "clearance", Confidentiality.RESTRICTED),
        amount=entry.get("amount", ""),
        launch=entry.get("launch", ""),
        **lists,
    )


def _level(entry: Mapping[str, Any], key: str, usual: Confidentiality) -> int:
    return int(Confidentiality[entry.get(key, usual.name).upper()])


def declared(name: str, workflow: Workflow | None, catalogue: Mapping[str, Tool]) -> Tool | None:
    """What a tool means: OpenClaw's own first, so that no manifest can play one down."""
    return catalogue.get(name) or (workflow.tools.get(name) if workflow else None)


def classify(
    name: str,
    params: Mapping[str, Any],
    workflow: Workflow | None,
    catalogue: Mapping[str, Tool],
    workspace: str = "",
) -> tuple[Action, Resource, Facts]:
    """The action a call is, the tool it is done with, and what its arguments name."""
    tool = declared(name, workflow, catalogue)
    resource = Resource(ResourceKind.TOOL, name)
    if tool is None or tool.effect not in _EFFECTS:
        return Action.UNKNOWN, resource, Facts(size=size(params))
    action = Action(tool.effect)
    if name in _PLAIN and str(params.get("action") or "send") not in _PLAIN[name]:
        action = Action.DELETE
    return action, resource, facts(tool, params, workspace)


def is_wrapper(name: str) -> bool:
    """True for the outer pass of tool search; the real tool is asked for in a pass of its own."""
    return name == WRAPPER


def unwrap(params: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The tool and arguments inside a `tool_call`, or the wrapper itself when they are unclear.

    An id is `<source>:<owner>:<tool>` or the bare name. Models also put the arguments beside the
    id; then everything but the id is taken for them.
    """
    chosen = params.get("id") if "id" in params else params.get("name")
    if not isinstance(chosen, str) or not chosen:
        return WRAPPER, params
    name = chosen.rpartition(":")[2]
    if "args" in params:
        inner = params["args"]
        return (name, inner) if isinstance(inner, Mapping) else (WRAPPER, params)
    return name, {key: value for key, value in params.items() if key not in ("id", "name")}


def outer_call(call: str) -> str:
    """The wrapper's call id in `tool_search_code:<outer>:<tool>:<n>`; empty for a plain call."""
    if not call.startswith(_INNER):
        return ""
    return call.removeprefix(_INNER).rsplit(":", 2)[0]
