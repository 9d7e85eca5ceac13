"""The narrow action sets: `actions = "summarise-only"` and its kin.

A preset fills in what the manifest leaves out and refuses whatever would widen it, so that the
name can be trusted by whoever reads only the first lines of a manifest.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from clawband.model.access import Action
from clawband.model.deployment import Tool, Workflow
from clawband.policy.reader import Table


@dataclass(frozen=True, slots=True)
class Preset:
    """`reads` and `replies` are the defaults; `writes` says which effects are left."""

    meaning: str
    reads: tuple[str, ...]
    replies: str
    writes: frozenset[Action]
    most_writes: int | None = None
    most_systems: int | None = None

    def check(self, root: Table, workflow: Workflow, granted: Mapping[str, Tool]) -> None:
        """Complain about everything that is wider than this preset."""
        chosen = root.values.get("actions")
        for name in workflow.writes:
            if name in granted and granted[name].effect not in self.writes:
                effect = granted[name].effect.removeprefix("tool:")
                message = f"expected only {self.meaning} under `{chosen}`, got `{name}`"
                root.complain("writes", f"{message}, whose effect is `{effect}`")
        for key, most in (("writes", self.most_writes), ("systems", self.most_systems)):
            given = getattr(workflow, key)
            if most is not None and len(given) > most:
                message = f"expected at most {most} of `{key}` under `{chosen}`, got {len(given)}"
                root.complain(key, message)


_EVERY = frozenset(Action)

PRESETS: Mapping[str, Preset] = {
    "any": Preset("named tools", (), "refuse", _EVERY),
    "summarise-only": Preset(
        "reading", ("read",), "allow", frozenset(), most_writes=0
    ),
    "classify-only": Preset(
        "one tool that writes down the class", ("read",), "allow", frozenset({Action.WRITE}),
        most_writes=1,
    ),
    "notify-only": Preset("sending", (), "refuse", frozenset({Action.SEND})),
    "update-one-system": Preset(
        "writing", (), "refuse", frozenset({Action.WRITE}), most_systems=1
    ),
}  # fmt: skip
