"""A decision server that answers as told and remembers everything it was asked.

It speaks the plugin's wire (`/gateway/v1/*`) on a unix socket. Without an instruction it permits.
`when(...)` adds an instruction; the newest that fits wins. It decides nothing by itself.
"""

import json
import os
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What to send back: a JSON body or raw bytes, after a delay, or nothing at all (`cut`)."""

    body: Json | bytes = field(default_factory=lambda: {"verdict": "permit", "decision": "dec_0"})
    status: int = 200
    delay: float = 0.0
    cut: bool = False


PERMIT = Answer()


def deny(reason: str) -> Answer:
    """A refusal with a reason."""
    return Answer({"verdict": "deny", "decision": "dec_no", "reason": reason})


def hold(approval: str, seconds: float) -> Answer:
    """A call that waits for a person."""
    body = {"verdict": "hold", "decision": "dec_hold", "reason": "needs a person"}
    return Answer({**body, "approval": approval, "wait_seconds": seconds})


def permit(**extra: Any) -> Answer:
    """A permit with `params` or `text`."""
    return Answer({"verdict": "permit", "decision": "dec_yes", **extra})


@dataclass
class _Instruction:
    fits: Callable[[Json], bool]
    answers: list[Answer]
    used: int = 0

    def next(self) -> Answer:
        answer = self.answers[min(self.used, len(self.answers) - 1)]
        self.used += 1
        return answer


class DecisionServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Listens at `path`; `stop` and `start` may be repeated, what was heard is kept."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: Path, credential: str) -> None:
        super().__init__(str(path), _Face, bind_and_activate=False)
        self.socket.close()
        self.path, self.credential = path, credential
        self.asked: list[Json] = []
        self.reported: list[Json] = []
        self.heartbeats: list[Json] = []
        self.awaited: list[Json] = []
        self.numbers: list[tuple[str, int]] = []
        self.approvals: dict[str, Json] = {}
        self.instructions: list[_Instruction] = []
        self.connections: set[socket.socket] = set()
        self.changed = threading.Condition()
        self.running = False

    def start(self) -> "DecisionServer":
        """Serve in a thread of its own; a free path is needed."""
        self.path.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.server_bind()
        os.chmod(self.path, 0o600)
        self.server_activate()
        self.running = True
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Go away at once, with every connection, as a killed server does."""
        if not self.running:
            return
        self.running = False
        self.shutdown()
        self.server_close()
        with self.changed:
            for connection in self.connections:
                with_suppressed(connection.shutdown, socket.SHUT_RDWR)
        self.path.unlink(missing_ok=True)

    def when(self, hook: str, *answers: Answer, tool: str = "", text: str = "") -> None:
        """Answer asks of this hook, tool and text so, one after the other, the last for ever."""

        def fits(ask: Json) -> bool:
            named = not tool or ask["event"].get("toolName") == tool
            return ask["hook"] == hook and named and text in json.dumps(ask["event"])

        with self.changed:
            self.instructions.append(_Instruction(fits, list(answers)))

    def forget(self) -> None:
        """Drop the instructions and what was heard, but not the numbers used so far."""
        with self.changed:
            self.instructions.clear()
            self.approvals.clear()
            for heard in (self.asked, self.reported, self.heartbeats, self.awaited):
                heard.clear()

    def decide(self, approval: str, state: str, reason: str = "") -> None:
        """Settle an approval."""
        with self.changed:
            self.approvals[approval] = {"state": state, "reason": reason}
            self.changed.notify_all()

    def wait_for(self, ready: Callable[[], Any], seconds: float = 20) -> Any:
        """Wait until something heard makes `ready` true; its value, or an `AssertionError`."""
        end = time.monotonic() + seconds
        with self.changed:
            while not (value := ready()):
                left = end - time.monotonic()
                assert left > 0, "it did not happen in time"
                self.changed.wait(min(left, 0.2))
        return value

    def asks(self, hook: str, tool: str = "", text: str = "") -> list[Json]:
        """The asks of one hook, tool and text, oldest first."""
        with self.changed:
            return [
                ask
                for ask in self.asked
                if ask["hook"] == hook
                and (not tool or ask["event"].get("toolName") == tool)
                and text in json.dumps(ask["event"])
            ]

    def hear(self, path: str, body: Json) -> Answer:
        """Take in one request and say what goes back."""
        with self.changed:
            self.changed.notify_all()
            if path == "/gateway/v1/ask":
                self.asked.append(body)
                self.numbers.append((body["boot"], body["seq"]))
                fitting = [one for one in self.instructions if one.fits(body)]
                return fitting[-1].next() if fitting else PERMIT
            if path == "/gateway/v1/report":
                self.reported.extend({**event, "boot": body["boot"]} for event in body["events"])
                self.numbers.extend((body["boot"], event["seq"]) for event in body["events"])
            if path == "/gateway/v1/heartbeat":
                self.heartbeats.append({**body, "heard": time.monotonic()})
            if path != "/gateway/v1/await":
                return Answer({"ok": True})
            self.awaited.append(body)
            self.changed.wait_for(lambda: body["approval"] in self.approvals, timeout=5)
            return Answer(self.approvals.get(body["approval"], {"state": "pending"}))


def with_suppressed(act: Callable[..., object], *args: Any) -> None:
    """Do it, and do not mind when the socket is gone already."""
    try:
        act(*args)
    except OSError:
        pass


class _Face(BaseHTTPRequestHandler):
    server: DecisionServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = False

    def setup(self) -> None:
        super().setup()
        with self.server.changed:
            self.server.connections.add(self.connection)

    def finish(self) -> None:
        with self.server.changed:
            self.server.connections.discard(self.connection)
        with_suppressed(super().finish)

    def handle(self) -> None:
        with_suppressed(super().handle)

    def address_string(self) -> str:
        return "plugin"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        if not self.server.running:
            self.close_connection = True
            return
        if self.headers.get("authorization") != f"Bearer {self.server.credential}":
            self._send(Answer({"error": "unknown gateway"}, status=401))
            return
        answer = self.server.hear(self.path, json.loads(raw))
        time.sleep(answer.delay)
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        if answer.cut:
            self.close_connection = True
            with_suppressed(self.connection.shutdown, socket.SHUT_RDWR)
            return
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the terminal quiet."""
