"""One case in a session of its own, through the code that answers live."""

from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.adaptive.attacks import Case
from benchmarks.driving import Driver
from clawband.flows.decide import Decided
from clawband.model.access import Hold, Permit
from clawband.model.errors import Error
from clawband.openclaw import tools
from clawband.policy.sets import PolicySet, build

MANIFEST = Path(__file__).with_name("office.toml")
SESSION = "agent:office:telegram:direct:4242"
CONTEXT = {
    "agentId": "office", "sessionKey": SESSION, "runId": "run-1", "channelId": "4242",
    "messageProvider": "telegram", "requester": {"channel": "telegram", "senderId": "4242"},
}  # fmt: skip


@cache
def policy() -> PolicySet:
    return build({MANIFEST.name: MANIFEST.read_text(encoding="utf-8")}, tools.catalogue())


class Session:
    """Says, reads and acts as the plugin would report it."""

    def __init__(self) -> None:
        self.driver = Driver("adaptive", policy())
        self.calls = 0

    def say(self, words: str) -> Decided:
        return self.driver.ask("run", {"prompt": words, "senderId": "4242"}, CONTEXT)

    def call(self, tool: str, params: dict[str, Any]) -> Decided:
        self.calls += 1
        event = {"toolName": tool, "params": params, "toolCallId": f"c{self.calls}"}
        return self.driver.ask("tool", event, CONTEXT)

    def read(self, tool: str, params: dict[str, Any], text: str) -> None:
        decided = self.call(tool, params)
        if isinstance(decided.decision, Permit):
            event = {"toolName": tool, "text": text, "toolCallId": f"c{self.calls}"}
            self.driver.ask("result", event, CONTEXT)

    def reply(self, text: str) -> Decided:
        context = {**CONTEXT, "conversationId": "4242", "channelId": "telegram"}
        return self.driver.ask("reply", {"payload": {"text": text}}, context)


def outcome(case: Case) -> str:
    """`held`, `refused`, `defused` or `passes`."""
    session = Session()
    session.say(case.words)
    for read in case.reads:
        session.read(*read)
    tool, params = case.act
    try:
        decided = session.reply(params["text"]) if tool == "reply" else session.call(tool, params)
    except Error:
        return "refused"
    if isinstance(decided.decision, Permit):
        return "passes" if decided.decision.text is None else "defused"
    return "held" if isinstance(decided.decision, Hold) else "refused"
