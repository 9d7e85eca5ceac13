"""The pages and lists that people wait for, over HTTP, beside a long history.

Makes a store with 10,000 approvals and a million decisions, 1,000 people and 200 agents, starts a
real server on it, and asks for each page again and again on one kept connection. What is timed is
the server and the way to it, not the browser. `clawband who-can` is timed from start to exit.

    python -m benchmarks.console [--decisions 1000000] [--rounds 100] [--state FOLDER] [--json]

`--state` keeps the history in FOLDER, and uses the one that is there.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from urllib.parse import urlencode

from benchmarks.history import BY_PASSWORD, PASSWORD, Filled, fill
from benchmarks.socket_decisions import free_port
from clawband.adapters.argon2 import Argon2
from clawband.bootstrap.serving import opened
from clawband.flows.authority import may
from clawband.identity.roles import Act
from clawband.settings import Settings

APPROVALS = 10_000
WARM, AUTHORISED = 3, 2_000
COMMAND = (sys.executable, "-m", "clawband")
PAGES = (
    "/", "/approvals", "/approvals?page=20", "/approvals/{approval}", "/activity",
    "/activity?show=refused", "/activity?q=agent%3Dgateway7%2Fagent7", "/people",
    "/people/operators", "/me",
)  # fmt: skip
LISTS = (
    "/session", "/approvals", "/approvals?state=all", "/approvals/{approval}", "/events",
    "/events?tag=decision:deny", "/operators", "/access?critical=1",
)  # fmt: skip
Ask = Callable[[], int]


def settings_of(folder: Path) -> Settings:
    """In the default folder of a `clawband.toml` there, for the commands."""
    path = folder / "clawband.toml"
    if not path.exists():
        path.write_text(f"port = {free_port()}\n")
    port = int(path.read_text().split("=")[1])
    return Settings(state=folder / "var", port=port)


def history(folder: Path, decisions: int) -> Filled:
    """Of this folder; made if there is none."""
    kept = folder / "history.json"
    if kept.exists():
        return Filled(**json.loads(kept.read_text()))
    made = asyncio.run(fill(settings_of(folder), decisions, APPROVALS))
    kept.write_text(json.dumps(asdict(made)))
    return made


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The server process, once it answers; its id."""
    process = subprocess.Popen(
        [*COMMAND, "-C", str(folder), "serve"], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    port = settings_of(folder).port
    try:
        for _ in range(3_000):
            try:
                connection = HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/login")
                connection.getresponse().read()
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit("the server ended") from None
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


class Asking:
    """One kept connection of somebody who is signed in."""

    def __init__(self, port: int, secret: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._origin = f"http://127.0.0.1:{port}"
        self._secret = secret
        self.approval = ""

    def page(self, path: str) -> int:
        return self._ask("GET", path, {"cookie": f"clawband={self._secret}"})

    def list(self, path: str) -> int:
        return self._ask("GET", f"/api/v1{path}", {"authorization": f"Bearer {self._secret}"})

    def login(self) -> int:
        return self._ask("GET", "/login", {})

    def sign_in(self) -> int:
        fields = urlencode({"name": BY_PASSWORD, "password": PASSWORD, "next": "/"})
        kind = {"content-type": "application/x-www-form-urlencoded", "origin": self._origin}
        return self._ask("POST", "/login", kind, fields)

    def find(self) -> None:
        """The newest approval, to look at."""
        self.list("/approvals?limit=1")
        self.approval = json.loads(self.body)["approvals"][0]["id"]

    def _ask(self, method: str, path: str, headers: dict[str, str], body: str = "") -> int:
        path = path.format(approval=self.approval)
        self._connection.request(method, path, body or None, headers)
        answer = self._connection.getresponse()
        self.body = answer.read()
        if answer.status not in (200, 303):
            raise SystemExit(f"{method} {path} answered {answer.status}: {self.body[:300]!r}")
        return len(self.body)


def used(process: int) -> float:
    """Seconds of processor time that the server took so far; it is told in hundredths."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(name: str, ask: Ask, rounds: int, server: int) -> dict[str, object]:
    """A row of the table, in milliseconds. `cpu` is what the server computed for one answer, with
    what it did beside; on a busy machine it says more than the time."""
    for _ in range(WARM):
        size = ask()
    seen, before = [], used(server)
    for _ in range(rounds):
        started = perf_counter()
        ask()
        seen.append((perf_counter() - started) * 1e3)
    seen.sort()
    return {
        "what": name, "bytes": size, "cpu": round((used(server) - before) / rounds * 1e3, 1),
        "p50": round(statistics.median(seen), 1), "p95": round(seen[int(len(seen) * 0.95)], 1),
        "p99": round(seen[int(len(seen) * 0.99)], 1),
    }  # fmt: skip


async def authorisation(folder: Path, secret: str) -> str:
    """What every request pays to know who sent it and whether they may, without the server."""
    async with opened(settings_of(folder)) as service:
        seen = []
        for _ in range(AUTHORISED):
            started = perf_counter()
            signed = service.operators.who(secret)
            assert may(signed, Act.LOOK)
            seen.append((perf_counter() - started) * 1e6)
    seen.sort()
    middle, late = statistics.median(seen), seen[int(len(seen) * 0.99)]
    return f"who and may: {middle:.0f} us p50, {late:.0f} us p99"


def rows(server: int, secret: str, folder: Path, rounds: int) -> Iterator[dict[str, object]]:
    asking = Asking(settings_of(folder).port, secret)
    asking.find()
    yield timed("GET /login", asking.login, rounds, server)
    few = min(rounds, 20)
    yield timed("POST /login", asking.sign_in, few, server)
    passwords = Argon2()
    hashed = passwords.hash(PASSWORD)
    yield timed(
        "of it, the password", lambda: passwords.verify(PASSWORD, hashed) and 0, few, server
    )
    for path in PAGES:
        yield timed(f"GET {path}", lambda path=path: asking.page(path), rounds, server)
    for path in LISTS:
        yield timed(f"GET /api/v1{path}", lambda path=path: asking.list(path), rounds, server)
    line = [*COMMAND, "-C", str(folder), "who-can", "--critical", "--json"]
    token = {**os.environ, "CLAWBAND_TOKEN": secret}

    def command() -> int:
        return len(subprocess.run(line, capture_output=True, check=True, env=token).stdout)

    yield timed("clawband who-can --critical --json", command, min(rounds, 10), server)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = chosen.state or Path(made)
        folder.mkdir(exist_ok=True)
        filled = history(folder, chosen.decisions)
        made = f"{filled.leaves:,} leaves, {filled.approvals:,} approvals, {filled.seconds:.0f} s"
        print(f"{made}; load {os.getloadavg()[0]:.1f}", file=sys.stderr)
        with serving(folder) as server:
            for row in rows(server, filled.secret, folder, chosen.rounds):
                if chosen.json:
                    print(json.dumps(row), flush=True)
                    continue
                print("{what:44} {bytes:>9,} {cpu:>7} {p50:>8} {p95:>8} {p99:>8}".format(**row))
        print(asyncio.run(authorisation(folder, filled.secret)), file=sys.stderr)


if __name__ == "__main__":
    main()
