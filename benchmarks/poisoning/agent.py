"""An agent without a model: its sessions, its workspace, and every hook asked as a gateway would.

What is permitted really happens to the files, with the arguments of the answer; what a tool
returns is asked about before it counts as read.
"""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from clawband.flows.ask import Here, ask
from clawband.flows.decide import Decided, Moment
from clawband.flows.hold import Holding
from clawband.model.access import Permit
from clawband.model.deployment import Gateway
from clawband.openclaw import hooks, tools, writes
from clawband.policy.sets import PolicySet, build
from clawband.ports.store import Store

WORKSPACE = "/srv/claw/desk"
BEGIN = datetime(2026, 11, 22, 9, tzinfo=UTC)
GATEWAY = Gateway(name="sample", environment="dev", credential="", enrolled=BEGIN)
MANIFEST = """\
name = "desk"
owner = "care"
purpose = "keep notes and answer"
environment = "dev"
agents = ["sample/desk"]
channels = ["telegram", "webchat"]
replies = "allow"
requesters = "anyone"
clearance = "confidential"
reads = ["read", "ls", "memory_get", "memory_search", "web_fetch", "mail_read"]
writes = ["write", "edit", "apply_patch", "exec", "mail_send"]
systems = ["mail"]

[hosts]
web_fetch = ["*"]

[paths]
read = ["*"]
write = ["*"]
edit = ["*"]
apply_patch = ["*"]
ls = ["*"]
memory_get = ["*"]
exec = ["*"]

[recipients]
mail_send = ["*"]

[limits]
calls_per_run = 200
calls_per_minute = 2000

[tools.mail_read]
effect = "read"
system = "mail"

[tools.mail_send]
effect = "send"
system = "mail"
recipients = ["to"]
outside = false
contents = ["text"]
"""


def policies() -> PolicySet:
    """The shipped policy with one workflow that may write anywhere."""
    return build({"desk.toml": MANIFEST}, tools.catalogue())


@dataclass
class Agent:
    """One agent and everything it has on disk. `store` remembers what was decided."""

    store: Store
    active: PolicySet = field(default_factory=policies)
    files: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    now: datetime = BEGIN
    numbers: Any = field(default_factory=count)
    asked: list[Decided] = field(default_factory=list)

    def ask(self, hook: str, event: Mapping[str, Any], session: str, **context: Any) -> Decided:
        """One question, committed."""
        number = next(self.numbers)
        self.now += timedelta(seconds=1)
        said = {"agentId": "desk", "sessionKey": f"agent:desk:{session}", "runId": session}
        decided = ask(
            hooks.asked(hook, event, {**said, **context}),
            GATEWAY,
            state=self.store,
            active=self.active,
            catalogue=tools.catalogue(),
            moment=Moment(now=self.now, entropy=number.to_bytes(96, "big")[::-1]),
            holding=Holding(),
            here=Here(workspace=WORKSPACE, launcher=True),
        )
        self.store.commit(decided.unit).result()
        self.asked.append(decided)
        return decided

    def hear(self, session: str, text: str, sender: str = "4242") -> Decided:
        """A message of a person the channel admits."""
        requester = {"channel": "telegram", "senderId": sender, "senderIsOwner": False}
        return self.ask("run", {"prompt": text}, session, requester=requester)

    def call(self, session: str, tool: str, **params: Any) -> Decided:
        """A call; if it is permitted it happens, and what it returns is read."""
        call = f"c{next(self.numbers)}"
        event = {"toolName": tool, "params": params, "toolCallId": call}
        decided = self.ask("tool", event, session, toolCallId=call)
        if isinstance(decided.decision, Permit):
            instead = decided.decision.params
            text = self._happen(tool, dict(params if instead is None else instead))
            told = {"toolName": tool, "toolCallId": call, "text": text}
            self.ask("result", told, session, toolCallId=call)
        return decided

    def read_outside(self, session: str, text: str, tool: str = "web_fetch") -> Decided:
        """Content that anybody may have written."""
        params = {"url": "https://news.example/today"} if tool == "web_fetch" else {"box": "in"}
        call = f"c{next(self.numbers)}"
        event = {"toolName": tool, "params": params, "toolCallId": call}
        decided = self.ask("tool", event, session, toolCallId=call)
        told = {"toolName": tool, "toolCallId": call, "text": text}
        self.ask("result", told, session, toolCallId=call)
        return decided

    def integrity(self, session: str) -> int:
        """What the session carries."""
        label = self.store.label(f"sample/agent:desk:{session}")
        return int(label.integrity) if label else -1

    def _happen(self, tool: str, params: dict[str, Any]) -> str:
        if tool in ("read", "memory_get"):
            return self.files.get(self._place(params["path"]), "no such file")
        if tool == "memory_search":
            return self._search(str(params["query"]))
        for change in writes.written(tool, params, WORKSPACE):
            place = self.links.get(change.path, change.path)
            content = writes.after(self.files.get(place, ""), change)
            if content is not None:
                self.files[place] = content
        if tool == "exec":
            self._run(shlex.split(str(params["command"])))
        if tool == writes.PATCH:
            self._move(str(params["input"]))
        return "ok"

    def _run(self, command: list[str]) -> None:
        """What a shell would do with `cp A B` and with `echo TEXT >> FILE`."""
        match command:
            case ["cp", source, target] if source in self.files:
                self.files[target] = self.files[source]
            case ["echo", text, ">>", target]:
                self.files[target] = f"{self.files.get(target, '')}{text}\n"

    def _move(self, patch: str) -> None:
        for found in re.finditer(r"\*\*\* Update File: (.+)\n\*\*\* Move to: (.+)", patch):
            if found[1] in self.files:
                self.files[found[2]] = self.files.pop(found[1])

    def _search(self, query: str) -> str:
        found = [
            {"path": path, "snippet": text}
            for path, text in self.files.items()
            if path.startswith(("memory/", "MEMORY.md", "USER.md")) and query in text
        ]
        return json.dumps({"results": found})

    @staticmethod
    def _place(path: str) -> str:
        (change,) = writes.written(writes.WRITE, {"path": path, "content": ""}, WORKSPACE)
        return change.path
