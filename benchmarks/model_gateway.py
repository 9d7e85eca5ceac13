"""What the model gateway adds to a streamed answer: time to the first token, and for each token.

A provider, the real server and the asking side are processes of their own. The provider writes into
each token when it sent it, and sends one every few milliseconds. The prompt is as large as one of
OpenClaw's (90 kB: system prompt, fifty tools, a conversation).

    python -m benchmarks.model_gateway [--answers 40] [--tokens 60] [--json]
"""

import argparse
import asyncio
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from examples.sample.gateway import free_port

ROOT = Path(__file__).resolve().parents[1]
TRACE = "0af7651916cd43dd8448eb211c80319c"
PROVIDER = """
import asyncio, json, sys, time, uvloop

async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            size = int(head.lower().split(b"content-length:")[1].split(b"\\r\\n")[0])
            await reader.readexactly(size)
            writer.write(b"HTTP/1.1 200 OK\\r\\ncontent-type: text/event-stream\\r\\n"
                         b"transfer-encoding: chunked\\r\\n\\r\\n")
            for n in range(int(sys.argv[2])):
                delta = {"content": f"sent={time.monotonic_ns()} "}
                chunk = {"id": "x", "choices": [{"index": 0, "delta": delta}]}
                event = b"data: " + json.dumps(chunk).encode() + b"\\n\\n"
                writer.write(f"{len(event):x}\\r\\n".encode() + event + b"\\r\\n")
                await asyncio.sleep(float(sys.argv[3]))
            writer.write(b"e\\r\\ndata: [DONE]\\n\\n\\r\\n0\\r\\n\\r\\n")
    except (asyncio.IncompleteReadError, OSError):
        writer.close()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)

uvloop.run(main())
"""
SERVER = """
import asyncio, sys, uvloop
from pathlib import Path
from clawband.bootstrap import running
from clawband.model.providers import ProviderSettings
from clawband.openclaw.hooks import asked
from clawband.settings import Settings

async def main(state, port, provider, workflows, trace):
    models = (ProviderSettings(name="sample", url=f"http://127.0.0.1:{provider}/v1"),)
    settings = Settings(state=Path(state), port=int(port), providers=models)
    async with running(settings) as service:
        files = {p.name: p.read_text() for p in Path(workflows).glob("*.toml")}
        await service.policies.publish_as(files, "benchmark", "")
        _, gateway = await service.gateways.enroll("sample", "dev", "benchmark")
        for agent in ("support",):
            event = {"prompt": "hello", "channelId": "telegram:4242", "senderId": "4242"}
            context = {"agentId": agent, "sessionKey": f"agent:{agent}:telegram:direct:4242",
                       "runId": f"run-{agent}", "trace": {"traceId": trace},
                       "requester": {"channel": "telegram", "senderId": "4242"}}
            await service.decisions.answer(asked("run", event, context), gateway)
        print(settings.models, service.models.password("sample"), flush=True)
        await asyncio.to_thread(sys.stdin.read)

uvloop.run(main(*sys.argv[1:]))
"""
SENT = re.compile(rb"sent=(\d+) ")


@dataclass
class Seen:
    """Milliseconds."""

    first: list[float] = field(default_factory=list)
    token: list[float] = field(default_factory=list)


def prompt(person: str) -> bytes:
    """A body of about 90 kB; `person` is a mail address in it, or empty for none."""
    tool = {"type": "object", "properties": {f"p{n}": {"type": "string"} for n in range(12)}}
    tools = [
        {"type": "function",
         "function": {"name": f"tool_{n}", "description": "does a thing " * 30, "parameters": tool}}
        for n in range(50)
    ]  # fmt: skip
    words = [{"role": "user", "content": f"message {n}: {'and so on ' * 40}"} for n in range(40)]
    system = {"role": "system", "content": "You are a personal assistant. " * 1000}
    last = {"role": "user", "content": f"write to {person}"}
    body = {"model": "rules", "stream": True, "stream_options": {"include_usage": True},
            "messages": [system, *words, last], "tools": tools}  # fmt: skip
    return json.dumps(body).encode()


async def ask(port: int, path: str, key: str, body: bytes, answers: int, seen: Seen) -> None:
    """Ask one after the other on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"POST {path}/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n"
        f"traceparent: 00-{TRACE}-{'1' * 16}-01\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    ).encode()
    for number in range(answers):
        await asyncio.sleep(0.05)  # what a gateway takes at least: it runs a tool
        began, data, first = time.monotonic_ns(), b"", 0
        writer.write(head + body)
        while not data.endswith(b"0\r\n\r\n"):
            piece = await reader.read(65_536)
            now = time.monotonic_ns()
            if not piece or b'"error"' in piece:
                raise RuntimeError(f"no answer: {(data + piece)[-300:]!r}")
            data += piece
            times = [int(each) for each in SENT.findall(piece)]
            if times and not first:
                first = now
            if number >= 3:  # what is warm by then
                seen.token += [(now - sent) / 1e6 for sent in times]
        if number >= 3:
            seen.first.append((first - began) / 1e6)
    writer.close()


@contextmanager
def program(text: str, *arguments: str) -> Iterator[str]:
    """A program in a process of its own; its first line."""
    process = subprocess.Popen(
        [sys.executable, "-c", text, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, cwd=ROOT,
    )  # fmt: skip
    assert process.stdin and process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(15)
        process.stdout.close()


async def streams(count: int, port: int, path: str, key: str, body: bytes, answers: int) -> Seen:
    seen = Seen()
    await asyncio.gather(*(ask(port, path, key, body, answers, seen) for _ in range(count)))
    return seen


def measure(answers: int, tokens: int, pace: float) -> list[dict[str, object]]:
    folder, provider, port = tempfile.mkdtemp(), free_port(), free_port()
    rows: list[dict[str, object]] = []
    workflows = str(ROOT / "examples" / "workflows")
    plain, named = prompt("nobody"), prompt("ada.lovelace@corp.example")
    try:
        with (
            program(PROVIDER, str(provider), str(tokens), str(pace)),
            program(SERVER, folder, str(port), str(provider), workflows, TRACE) as told,
        ):
            models, key = told.split()
            ways = (
                ("direct", provider, "/v1", "none", plain),
                ("gateway", int(models), "/sample/v1", key, plain),
                ("gateway, pseudonyms", int(models), "/sample/v1", key, named),
            )
            for count in (1, 8):
                for name, at, path, secret, body in ways:
                    seen = uvloop.run(streams(count, at, path, secret, body, answers))
                    rows.append({"way": name, "streams": count, **figures(seen)})
    finally:
        shutil.rmtree(folder)
    return rows


def figures(seen: Seen) -> dict[str, float]:
    def at(values: list[float], part: int) -> float:
        return round(statistics.quantiles(values, n=100)[part - 1], 2)

    return {
        "first_p50": at(seen.first, 50), "first_p95": at(seen.first, 95),
        "token_p50": at(seen.token, 50), "token_p95": at(seen.token, 95),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=40, help="of each stream; 3 warm it up")
    parser.add_argument("--tokens", type=int, default=60)
    parser.add_argument("--pace", type=float, default=0.005, help="seconds between two tokens")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = measure(given.answers, given.tokens, given.pace)
    if given.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{'':22}{'streams':>8}{'first token ms':>18}{'each token ms':>18}")
    print(f"{'':22}{'':>8}{'p50':>9}{'p95':>9}{'p50':>9}{'p95':>9}")
    for row in rows:
        numbers = "".join(f"{row[name]:>9}" for name in list(row)[2:])
        print(f"{row['way']:22}{row['streams']:>8}{numbers}")


if __name__ == "__main__":
    main()
