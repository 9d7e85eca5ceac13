"""Decisions over the unix socket, the durable record included.

Starts a real server (its own process, its own state folder), then asks the question of a tool
call again and again over keep-alive connections. Every answer counted here is on disk.

    python -m benchmarks.socket_decisions [--seconds 8] [--json]
"""

import argparse
import asyncio
import json
import os
import shutil
import socket as socketlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SERVER = """
import asyncio, sys, uvloop
from pathlib import Path
from clawband.bootstrap import running
from clawband.settings import Settings

async def main(state):
    async with running(Settings(state=Path(state), port=int(sys.argv[2]))) as service:
        files = {p.name: p.read_text() for p in Path(sys.argv[3]).glob("*.toml")}
        await service.policies.publish_as(files, "benchmark", "")
        secret, _ = await service.gateways.enroll("sample", "dev", "benchmark")
        print(secret, flush=True)
        await asyncio.to_thread(sys.stdin.read)

uvloop.run(main(sys.argv[1]))
"""


def question(seq: int, connection: int) -> bytes:
    """A tool call of a run of its own, so that no workflow limit is met."""
    event = {
        "toolName": "crm_read",
        "params": {"id": str(seq % 97)},
        "runId": f"run-{connection}-{seq // 20}",
        "toolCallId": f"call-{seq}",
    }
    context = {
        "agentId": "support",
        "sessionKey": f"agent:support:telegram:direct:{connection}",
        "runId": event["runId"],
        "requester": {"channel": "telegram", "senderId": "4242", "senderIsOwner": False},
    }
    return json.dumps(
        {"v": 1, "boot": f"boot-{connection}", "seq": seq, "at": 0, "hook": "tool",
         "event": event, "ctx": context}
    ).encode()  # fmt: skip


async def asking(
    socket: Path, secret: str, connection: int, until: float, seen: list[float], verdicts: set[str]
) -> None:
    """One connection that asks, waits for the answer, and asks again."""
    reader, writer = await asyncio.open_unix_connection(str(socket))
    head = f"POST /gateway/v1/ask HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {secret}\r\n"
    for seq in count(1):
        body = question(seq, connection)
        message = f"{head}content-length: {len(body)}\r\n\r\n".encode() + body
        started = time.perf_counter()
        if started > until:
            break
        writer.write(message)
        header = await reader.readuntil(b"\r\n\r\n")
        length = int(header.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        answer = await reader.readexactly(length)
        seen.append(time.perf_counter() - started)
        verdicts.add(json.loads(answer).get("verdict", answer.decode()[:200]))
    writer.close()


async def measure(socket: Path, secret: str, clients: int, seconds: float) -> dict[str, Any]:
    """One row of the table."""
    seen: list[float] = []
    verdicts: set[str] = set()
    started = time.perf_counter()
    await asyncio.gather(
        *(
            asking(socket, secret, clients * 1000 + number, started + seconds, seen, verdicts)
            for number in range(clients)
        )
    )
    elapsed = time.perf_counter() - started
    seen.sort()
    return {
        "clients": clients,
        "decisions/s": round(len(seen) / elapsed),
        "p50 ms": round(seen[len(seen) // 2] * 1e3, 2),
        "p99 ms": round(seen[int(len(seen) * 0.99)] * 1e3, 2),
        "verdicts": sorted(verdicts),
    }


def policies(folder: Path) -> Path:
    """The sample workflows with limits that a load generator does not meet."""
    target = folder / "policies"
    target.mkdir()
    for path in (ROOT / "examples" / "workflows").glob("*.toml"):
        text = path.read_text()
        target.joinpath(path.name).write_text(unlimited(text))
    return target


def unlimited(text: str) -> str:
    """The manifest with the largest rate its `[limits]` accept."""
    lines = []
    for line in text.splitlines():
        if line.startswith("calls_per_minute"):
            line = "calls_per_minute = 1000000"
        lines.append(line)
    return "\n".join(lines) + "\n"


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socketlib.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def server(folder: Path) -> Iterator[tuple[Path, str]]:
    """A server process, its socket and a gateway's credential; ended at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(folder / "s"), str(free_port()), str(policies(folder))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        assert process.stdin and process.stdout
        secret = process.stdout.readline().strip()
        if not secret:
            raise SystemExit("the server did not start")
        yield folder / "s" / "gateway.sock", secret
    finally:
        process.stdin.close()
        process.wait(10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cb"))
    try:
        with server(folder) as (socket, secret):
            asyncio.run(measure(socket, secret, 4, 1))  # warm
            rows = [
                asyncio.run(measure(socket, secret, clients, options.seconds))
                for clients in (1, 32)
            ]
    finally:
        shutil.rmtree(folder)
    if options.json:
        print(json.dumps({"cores": os.cpu_count(), "rows": rows}))
        return
    print(f"{os.cpu_count()} cores, load generator on the same machine, durable before the answer")
    for row in rows:
        print("  ".join(f"{name}: {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
