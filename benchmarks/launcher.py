"""What the launcher costs each command, and each connection of a command.

The rows take turns, so that a busy machine is busy for all of them. The redeem server is a loop in
a thread here: what Clawband adds behind it is the cost of an entry in its log.

    python -m benchmarks.launcher [--runs 200] [--json]
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import clawband

RUN = Path(clawband.__file__).parent / "launcher" / "run.py"
CONNECTS = 300
# In the command: connect to the proxy again and again, and print how long each took.
CONNECT = """
import socket, sys, time
taken = []
for _ in range({count}):
    line = socket.socket()
    begun = time.perf_counter()
    line.connect(("127.0.0.1", {port}))
    taken.append(time.perf_counter() - begun)
    line.close()
print(" ".join(map(str, taken)))
"""


class Server:
    """Redeems any ticket for `command`, and accepts every other connection."""

    def __init__(self, folder: Path) -> None:
        self.command = "true"
        self._folder, self._number = folder, 0
        self._door = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def argv(self) -> list[str]:
        return [sys.executable, "-I", "-S", str(RUN), str(self.port)]

    def _serve(self) -> None:
        while True:
            line, _ = self._door.accept()
            with line:
                asked = line.recv(65536)
                if b"/launch/v1/" in asked:
                    body = self._order() if b"/redeem" in asked else b""
                    head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\n\r\n"
                    line.sendall(head.encode() + body)

    def _order(self) -> bytes:
        self._number += 1
        system = ("/usr", "/bin", "/lib", "/lib64", "/etc", "/proc", sys.base_prefix, sys.prefix)
        fields = [
            ("command", self.command), ("shell", "/bin/sh"), ("token", "token"),
            ("proxy_host", "127.0.0.1"), ("proxy_port", str(self.port)),
            ("temporary", str(self._folder / str(self._number))), ("write", str(self._folder)),
            *(("read", os.path.realpath(each)) for each in system),
        ]  # fmt: skip
        return "".join(f"{key} {quote(value, safe='')}\n" for key, value in fields).encode()


def timed(argv: list[str]) -> float:
    """Milliseconds from start to exit."""
    env = {**os.environ, "CLAWBAND_TICKET": "ticket"}
    begun = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, env)
    _, status = os.waitpid(pid, 0)
    taken = (time.perf_counter() - begun) * 1e3
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"`{' '.join(argv)}` failed")
    return taken


def measure(rows: dict[str, Callable[[], float]], runs: int) -> dict[str, list[float]]:
    seen: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(runs):
        for name, run in rows.items():
            seen[name].append(run())
    return {name: sorted(taken) for name, taken in seen.items()}


def connects(server: Server, launched: bool) -> list[float]:
    """Milliseconds of each `connect` to the proxy, in the launcher or outside."""
    code = CONNECT.format(count=CONNECTS, port=server.port)
    server.command = f"exec {sys.executable} -I -S -c '{code}'"
    argv = server.argv() if launched else [sys.executable, "-I", "-S", "-c", code]
    env = {**os.environ, "CLAWBAND_TICKET": "ticket"}
    said = subprocess.run(argv, capture_output=True, text=True, check=True, env=env).stdout
    return sorted(float(each) * 1e3 for each in said.split())


def row(name: str, taken: list[float]) -> dict[str, Any]:
    at = {"least": 0, "p50": len(taken) // 2, "p99": int(len(taken) * 0.99)}
    return {"": name, **{f"{key} ms": round(taken[place], 3) for key, place in at.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    python = [sys.executable, "-I", "-S", "-c", "pass"]
    with tempfile.TemporaryDirectory() as name:
        server = Server(Path(os.path.realpath(name)))
        timed(server.argv())
        commands = {
            "`/bin/sh -c true`": lambda: timed(["/bin/sh", "-c", "true"]),
            "`python -I -S -c pass`": lambda: timed(python),
            "the launcher, of `true`": lambda: timed(server.argv()),
        }
        seen = measure(commands, options.runs)
        rows = [row(title, taken) for title, taken in seen.items()]
        rows += [
            row("connect, outside", connects(server, launched=False)),
            row("connect, in the launcher", connects(server, launched=True)),
        ]
    if options.json:
        print(json.dumps({"cores": os.cpu_count(), "rows": rows}))
        return
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {options.runs} runs each")
    for each in rows:
        print("  ".join(f"{key} {value}".strip() for key, value in each.items()))


if __name__ == "__main__":
    main()
