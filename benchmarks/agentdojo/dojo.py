"""AgentDojo itself: its suites, tasks, tools and checkers, loaded without its model clients.

Everything that touches AgentDojo is in here. Its package imports six vendors' clients beside the
parts we use, so bare modules stand in their place while it is loaded.
"""

import importlib
import importlib.util
import sys
import types
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VERSION = "v1.2.2"
REMEMBERED = 4_000
"""Texts of results."""
NAMES = ("workspace", "travel", "banking", "slack")


@dataclass(frozen=True)
class Call:
    """One call of a tool, as AgentDojo's ground truth has it."""

    tool: str
    args: Mapping[str, Any]


@dataclass(frozen=True)
class Output:
    """What a tool returned."""

    value: Any
    error: str
    _shown: Callable[[Any], str]

    @property
    def failed(self) -> bool:
        return bool(self.error)

    @property
    def text(self) -> str:
        """What a model would be shown, in AgentDojo's own form."""
        return self.error or self._shown(self.value)

    def holds(self, words: str) -> bool:
        """Whether the value holds these words, before YAML folds and escapes them."""
        return any(words in text for text in _texts(self.value))


class World:
    """One suite's environment while a task is walked in it."""

    def __init__(self, suite: "Suite", environment: Any, injected: Mapping[str, str]) -> None:
        self._suite, self.now, self._injected = suite, environment, tuple(sorted(injected.items()))
        self._before = environment.model_copy(deep=True)
        self._ran: list[Any] = []

    def run(self, call: Call) -> Output:
        """Run the call, whatever comes of it."""
        value, error = self._suite.runtime.run_function(self.now, call.tool, dict(call.args))
        self._ran.append(self._suite.made(call))
        return Output(value, error or "", self._suite.shown)

    def finished(self, task: Any, words: str) -> bool:
        """AgentDojo's verdict on the user's task."""
        # It compares whole environments, slowly; the same calls always lead to the same one.
        key = (task.ID, self._injected, repr(self._ran), words)
        if key not in self._suite.verdicts:
            verdict = self._judged(task.utility_from_traces, task.utility, words)
            self._suite.verdicts[key] = verdict
        return self._suite.verdicts[key]

    def taken(self, attack: Any, words: str) -> bool:
        """AgentDojo's verdict on the attack's goal."""
        return self._judged(attack.security_from_traces, attack.security, words)

    def _judged(self, by_traces: Any, by_state: Any, words: str) -> bool:
        try:
            seen = by_traces(words, self._before, self.now, self._ran)
            return bool(by_state(words, self._before, self.now) if seen is None else seen)
        except Exception:  # noqa: BLE001 - a checker that stumbles over a missing effect says no
            return False


@dataclass(frozen=True)
class Suite:
    """A suite of AgentDojo, with its environment read once for each set of open vectors."""

    name: str
    inner: Any
    runtime: Any
    shown: Any
    made_of: Any
    verdicts: dict[tuple[object, ...], bool] = field(default_factory=dict)
    _drafts: dict[frozenset[str], Any] = field(default_factory=dict)

    @property
    def tasks(self) -> Mapping[str, Any]:
        return self.inner.user_tasks

    @property
    def attacks(self) -> Mapping[str, Any]:
        return self.inner.injection_tasks

    @property
    def vectors(self) -> tuple[str, ...]:
        """Where a stranger may write."""
        return tuple(self.inner.get_injection_vector_defaults())

    def world(self, task: Any, injected: Mapping[str, str]) -> World:
        """The environment of a task with these texts in the named vectors."""
        opened = frozenset(injected)
        if opened not in self._drafts:
            marks = {name: _mark(name) for name in opened}
            self._drafts[opened] = self.inner.load_and_inject_default_environment(marks)
        # Filled in after it was read: no quote or line break in a text can break the environment.
        environment = self._drafts[opened].model_copy(deep=True)
        _fill(environment, {_mark(name): words for name, words in injected.items()})
        return World(self, task.init_environment(environment), injected)

    def path(self, task: Any, world: World) -> list[Call]:
        """The ground-truth calls of a task or an attack, planned from what is there now."""
        return [Call(each.function, dict(each.args)) for each in task.ground_truth(world.now)]

    def made(self, call: Call) -> Any:
        return self.made_of(function=call.tool, args=dict(call.args))


def suites() -> Mapping[str, Suite]:
    """The four suites by name."""
    _stand_in()
    runtime = importlib.import_module("agentdojo.functions_runtime")
    shown = importlib.import_module("agentdojo.agent_pipeline.tool_execution").tool_result_to_str
    known = importlib.import_module("agentdojo.task_suite.load_suites").get_suites(VERSION)
    return {
        name: Suite(name, known[name], runtime.FunctionsRuntime(known[name].tools), _once(shown),
                    runtime.FunctionCall)
        for name in NAMES
    }  # fmt: skip


def _once(shown: Callable[[Any], str]) -> Callable[[Any], str]:
    """The same, remembering its newest texts: writing YAML costs more than everything else."""
    to_json = importlib.import_module("pydantic_core").to_json
    texts: OrderedDict[bytes, str] = OrderedDict()

    def remembered(value: Any) -> str:
        key = to_json([type(value).__name__, value])
        if key not in texts:
            texts[key] = shown(value)
            if len(texts) > REMEMBERED:
                texts.popitem(last=False)
        return texts[key]

    return remembered


def _stand_in() -> None:
    found = importlib.util.find_spec("agentdojo")
    assert found and found.submodule_search_locations
    folder = Path(found.submodule_search_locations[0]) / "agent_pipeline"
    parts = {"agentdojo.agent_pipeline": folder, "agentdojo.agent_pipeline.llms": folder / "llms"}
    for name, place in parts.items():
        module = types.ModuleType(name)
        module.__path__ = [str(place)]
        sys.modules[name] = module
    client = types.ModuleType("agentdojo.agent_pipeline.llms.google_llm")
    client.EMPTY_FUNCTION_NAME = "<empty-function>"  # type: ignore[attr-defined]
    sys.modules[client.__name__] = client


def _mark(vector: str) -> str:
    return f"<VECTOR---{vector}--->"


def _fill(value: Any, marks: Mapping[str, str]) -> Any:
    """The value with the texts in the places of their marks; models are changed in place."""
    if isinstance(value, str):
        for mark, words in marks.items():
            value = value.replace(mark, words) if mark in value else value
        return value
    if isinstance(value, dict):
        return {_fill(key, marks): _fill(each, marks) for key, each in value.items()}
    if isinstance(value, list):
        return [_fill(each, marks) for each in value]
    if hasattr(value, "model_fields_set"):
        filled = {key: _fill(each, marks) for key, each in value.__dict__.items()}
        changed = any(isinstance(filled[key], str) and filled[key] != each
                      for key, each in value.__dict__.items())  # fmt: skip
        # Read again where a text changed: the size of a file is counted then.
        value.__dict__.update(type(value).model_validate(filled).__dict__ if changed else filled)
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif hasattr(value, "model_dump"):
        yield from _texts(value.model_dump())
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(key)
            yield from _texts(each)
    elif isinstance(value, Sequence):
        for each in value:
            yield from _texts(each)
