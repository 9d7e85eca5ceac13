"""The command line in this process, before a real server on loopback."""

import asyncio
import io
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from clawband import settings
from clawband.__main__ import Machine
from clawband.bootstrap import running
from clawband.edges.cli.main import run
from clawband.service import first_run
from examples.sample.gateway import free_port

ROOT = Path(__file__).resolve().parents[3]
SESSION = "agent:support:telegram:direct:4242"
HOSTILE = "order \x1b[2J\u202e17"


class Stream(io.TextIOWrapper):
    """A standard stream that remembers."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), "utf-8", newline="", write_through=True)

    @property
    def said(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode()  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Terminal:
    """A folder with a `clawband.toml`, and who is signed in there."""

    folder: Path
    passwords: dict[str, str] = field(default_factory=dict)
    credential: str = ""
    url: str = ""
    link: str = ""
    seq: int = 0

    def __call__(self, *arguments: str, given: str = "") -> Ended:
        """One command."""
        out, err, stdin = Stream(), Stream(), sys.stdin
        sys.stdin = io.StringIO(given)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = run(["-C", str(self.folder), *arguments], Machine())
        finally:
            sys.stdin = stdin
        return Ended(code, out.said, err.said)

    def ask(self, hook: str, event: dict[str, Any], **context: Any) -> Any:
        """A question of the gateway's plugin."""
        self.seq += 1
        ctx = {"agentId": "support", "sessionKey": SESSION, "runId": "run-1", **context}
        body = {"v": 1, "boot": "b", "seq": self.seq, "hook": hook, "event": event, "ctx": ctx}
        headers = {"authorization": f"Bearer {self.credential}"}
        reply = httpx.post(f"{self.url}/gateway/v1/ask", json=body, headers=headers)
        return reply.raise_for_status().json()

    def turn(self, tool: str, params: dict[str, Any]) -> Any:
        """A message comes in, and the agent calls a tool."""
        who = {"channel": "telegram", "accountId": "support", "senderId": "4242"}
        self.ask("run", {"prompt": "hello"}, requester=who, channelId="telegram:4242")
        call = {"toolName": tool, "params": params, "toolCallId": f"call-{self.seq}"}
        return self.ask("tool", call, requester=who, channelId="telegram:4242")


@contextmanager
def server(folder: Path, more: str = "") -> Iterator[Terminal]:
    """A running server with the sample's policy, a gateway `sample`, and ada signed in.

    `more` is added to its `clawband.toml`.
    """
    port = free_port()
    policies = json.dumps(str(ROOT / "examples" / "workflows"))
    text = f'state = "s"\nport = {port}\npolicies = {policies}\n{more}'
    (folder / "clawband.toml").write_text(text)
    ready, people = threading.Event(), {}

    async def serve() -> None:
        async with running(settings.load(folder)) as service:
            for fresh in await first_run.first_operators(service):
                people[fresh.name] = fresh.password
            stops.append((asyncio.get_running_loop(), stop := asyncio.Event()))
            ready.set()
            await stop.wait()

    stops: list[Any] = []
    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(20)
    terminal = Terminal(folder, people, url=f"http://127.0.0.1:{port}")
    try:
        for name in ("olga", "ada"):
            signed = terminal("login", name, "--password-stdin", given=people[name] + "\n")
            assert signed.code == 0, signed
        enrolled = terminal("gateway", "enroll", "sample", "-o", str(folder / "credential"))
        assert enrolled.code == 0, enrolled
        terminal.credential = (folder / "credential").read_text().strip()
        yield terminal
    finally:
        loop, stop = stops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
