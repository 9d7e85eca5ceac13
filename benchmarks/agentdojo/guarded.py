"""Clawband in the loop: the plugin's own questions, answered by the code that answers them live.

Every question goes through `openclaw.hooks.asked` and `flows.ask.ask`; what the answer wants
remembered is applied to the state before the next question, as the store does once it is durable.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.agentdojo.deciders import HOLD, Answer
from benchmarks.agentdojo.dojo import Call
from benchmarks.driving import Fresh
from clawband.adapters.stores.memory import Memory
from clawband.approvals import lifecycle
from clawband.flows.ask import ask
from clawband.flows.decide import Decided, Moment
from clawband.flows.explain import kept
from clawband.flows.hold import Holding
from clawband.model.access import Action, Deny, Hold, Permit
from clawband.model.deployment import Gateway, Tool
from clawband.model.errors import Error
from clawband.model.person import Operator, Role
from clawband.openclaw import hooks, tools
from clawband.policy.sets import PolicySet, build
from clawband.ports.unit import KeepPayload, MoveApproval, PutOperator

FOLDER = Path(__file__).parent
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
GATEWAY = Gateway(name="dojo", environment="dev", credential="0" * 64, enrolled=START)
ENTROPY = 96
PERSON = Operator(name="person", roles=frozenset({Role.APPROVER}), added=START)


def policy(suite: str) -> PolicySet:
    """The shipped policy set with the suite's manifest: what an operator would activate."""
    name = f"{suite}.toml"
    return build({name: (FOLDER / name).read_text(encoding="utf-8")}, tools.catalogue())


class Declared:
    """What the manifest says of each tool; the baselines look here too."""

    def __init__(self, active: PolicySet) -> None:
        (workflow,) = active.workflows.values()
        self._tools: Mapping[str, Tool] = workflow.tools

    def reads(self, tool: str) -> bool:
        return self._tools[tool].effect == Action.READ

    def outside(self, tool: str) -> bool:
        return self._tools[tool].outside


class Guarded:
    """Implements `Decider` for one run in a session of its own."""

    def __init__(self, suite: str, active: PolicySet, *, approves: bool = False) -> None:
        """`approves` has a person say yes to every card, and the call asked again."""
        self._approves = approves
        self._cold = Fresh()
        self._active, self._state = active, Memory(self._cold)
        self._state.change(PutOperator(PERSON, ""))
        self._call, self._count = "", 0
        self._session = f"agent:{suite}:telegram:direct:4242"
        self._context = {
            "agentId": suite, "sessionKey": self._session, "runId": "run-1",
            "channelId": "4242", "messageProvider": "telegram",
        }  # fmt: skip

    def begin(self, words: str) -> Answer:
        return self._ask("run", {"prompt": words, "senderId": "4242"}, senderId="4242",
                         requester={"channel": "telegram", "senderId": "4242"})  # fmt: skip

    def call(self, call: Call) -> Answer:
        self._call = f"call-{self._count}"
        event = {"toolName": call.tool, "params": dict(call.args), "toolCallId": self._call}
        return self._agreed("tool", {**event, "runId": "run-1"})

    def result(self, call: Call, text: str, failed: bool) -> Answer:
        event = {"toolName": call.tool, "text": text, "isError": failed, "runId": "run-1"}
        return self._ask("result", {**event, "toolCallId": self._call})

    def reply(self, words: str) -> Answer:
        event = {"payload": {"text": words}, "sessionKey": self._session, "runId": "run-1"}
        return self._agreed("reply", event, conversationId="4242", channelId="telegram")

    def _agreed(self, hook: str, event: Mapping[str, Any], **context: Any) -> Answer:
        answer = self._ask(hook, event, **context)
        if not self._approves or answer.verdict != HOLD:
            return answer
        for card in [each for each in self._state.open.values() if not each.grants]:
            granted = lifecycle.grant(card, PERSON, assurance=1, now=self._now())
            self._state.change(MoveApproval(granted, card.state, 0))
        return self._ask(hook, event, **context)

    def _now(self) -> datetime:
        return START + timedelta(seconds=2 * self._count)

    def _ask(self, hook: str, event: Mapping[str, Any], **context: Any) -> Answer:
        entropy = hashlib.shake_256(f"{self._session}/{self._count}".encode()).digest(ENTROPY)
        moment = Moment(now=self._now(), entropy=entropy)
        self._count += 1
        try:
            question = hooks.asked(hook, dict(event), {**self._context, **context})
            decided = ask(
                question, GATEWAY, state=self._state, active=self._active,
                catalogue=tools.catalogue(), moment=moment, holding=Holding(),
            )  # fmt: skip
        except Error as error:
            # As the edge does: what makes no request is refused.
            return Answer("deny", (f"{error.message} ({error.remedy})",))
        self._apply(decided)
        return _answer(decided)

    def _apply(self, decided: Decided) -> None:
        self._state.foresee(decided.unit)
        for change in decided.unit.changes:
            self._cold.keep(change)
            self._state.change(change)
        for event in decided.unit.events:
            self._state.apply(event)


def _answer(decided: Decided) -> Answer:
    decision = decided.decision
    reasons = tuple(f"{reason.policy}: {reason.because}" for reason in decision.reasons)
    if isinstance(decision, Permit):
        return Answer("permit", reasons, _told(decided), decision.params, decision.text)
    assert isinstance(decision, Hold | Deny)
    return Answer(decision.verdict, reasons, _told(decided))


def _told(decided: Decided) -> tuple[str, ...]:
    """Where each consequential value came from, as the record keeps it, and what else was known."""
    detail = decided.unit.events[0].detail if decided.unit.events else {}
    payloads = [each for each in decided.unit.changes if isinstance(each, KeepPayload)]
    bodies = [each.body for each in payloads if each.digest == detail.get("payload")]
    lines = [
        f"{each.argument.key} = {each.argument.value!r}: {each.fact}"
        + (f" from {each.source}" if each.source else "")
        + (f" “{each.quote}”" if each.quote else "")
        for each in (kept(bodies[0]) if bodies else ())
    ]
    known = ("integrity", "confidentiality", "history", "fresh", "carries", "tags")
    told = [f"{key}={detail[key]}" for key in known if detail.get(key) not in (None, "", [], ())]
    return (*lines, ", ".join(told)) if told else tuple(lines)
