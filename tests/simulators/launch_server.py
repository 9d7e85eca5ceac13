"""The server's side of the launcher: tickets, reports, ends, and a proxy that only notes who asks.

Small and blocking, on a loopback port of its own, with one thread for every connection.
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, unquote

from clawband.launcher.wire import TICKET

ROOT = Path(__file__).resolve().parents[2]
RUN = ROOT / "src" / "clawband" / "launcher" / "run.py"
# What a program needs to start; each without a symbolic link in it.
SYSTEM = ("/usr", "/etc", "/proc", "/opt", sys.base_prefix, sys.prefix)

Fields = list[tuple[str, str]]


@dataclass
class LaunchServer:
    """Answers every ticket with the same order. What it was told is in the lists."""

    folder: Path
    read: Iterable[str] = SYSTEM
    env: tuple[str, ...] = ()
    symlinks: bool = False
    command: str = "true"
    ticket: str = "ticket"
    # By ticket, for those that have a command of their own.
    commands: dict[str, str] = field(default_factory=dict)
    # Raw bytes instead of an order.
    answer: bytes | None = None
    # So many reports get no answer.
    deaf: int = 0
    redeemed: list[Fields] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    ends: list[dict[str, str]] = field(default_factory=list)
    proxied: list[bytes] = field(default_factory=list)

    def __enter__(self) -> Self:
        # What it serves may be large, and what it makes has to be found again.
        self.temporaries = Path(tempfile.mkdtemp(prefix="clawband-launch-"))
        self.temporaries.chmod(0o777)
        self._door = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for left in self.temporaries.iterdir():
            left.chmod(0o700)
        subprocess.run(["rm", "-rf", str(self.temporaries)], check=True)

    def argv(self, python: str = sys.executable, run: Path = RUN) -> list[str]:
        given = ["/usr/bin/env", f"{TICKET.decode()}={self.ticket}"]
        return [*given, python, "-I", "-S", str(run), str(self.port)]

    def run(self, command: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Runs the command through the launcher, in the folder."""
        self.command = command
        asked: dict[str, Any] = {"cwd": self.folder, "capture_output": True, "text": True}
        return subprocess.run(self.argv(), check=False, timeout=60, **(asked | options))

    def start(self, command: str, **options: Any) -> subprocess.Popen[bytes]:
        self.command = command
        return subprocess.Popen(self.argv(), cwd=self.folder, **options)

    def order(self) -> bytes:
        number = len(self.redeemed)
        command = self.commands.get(dict(self.redeemed[-1])["ticket"], self.command)
        fields = [
            ("command", command), ("shell", "/bin/sh"), ("token", f"token-{number}"),
            ("proxy_host", "127.0.0.1"), ("proxy_port", str(self.port)),
            ("temporary", str(self.temporaries / f"{number}")), ("write", str(self.folder)),
            *(("read", os.path.realpath(each)) for each in self.read),
            *(("env", each) for each in self.env), ("symlinks", str(int(self.symlinks))),
        ]  # fmt: skip
        return "".join(f"{key} {quote(value, safe='')}\n" for key, value in fields).encode()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._hear, args=(line,), daemon=True).start()

    def _hear(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as lines:
            head = lines.readline()
            # Whoever is ended in the middle of a question says nothing more, for ever.
            headers = list(takewhile(lambda each: each.strip(), iter(lines.readline, b"")))
            if b"/launch/v1/" not in head:
                self.proxied.append(head + b"".join(headers))
                line.sendall(respond(b"through the proxy"))
                return
            size = next(int(each[15:]) for each in headers if each.startswith(b"content-length:"))
            pairs = [each.split(b" ", 1) for each in lines.read(size).splitlines()]
            fields = [(key.decode(), unquote(value.decode())) for key, value in pairs]
            line.sendall(self._told(head.split()[1].decode().rpartition("/")[2], fields))

    def _told(self, what: str, fields: Fields) -> bytes:
        if what == "redeem":
            self.redeemed.append(fields)
            return self.answer if self.answer is not None else respond(self.order())
        if what == "report" and self.deaf:
            self.deaf -= 1
            return b""
        if what == "report":
            self.blocked += [value for key, value in fields if key == "blocked"]
        else:
            self.ends.append(dict(fields))
        return respond(b"")


def respond(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
