"""A model provider of raw bytes: says what a test tells it to, also what no provider should."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

Writer = asyncio.StreamWriter
Behaviour = Callable[["Provider", Writer], Awaitable[None]]


class Provider:
    """Listens on a free loopback port. `asked` holds every request: head and decoded body."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.connections = 0
        self.behave: Behaviour = says("hello")
        self.left = asyncio.Event()
        """Set when a caller went before its answer ended."""

    async def start(self) -> "Provider":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/base"
        return self

    async def stop(self) -> None:
        self._server.close()

    @property
    def bodies(self) -> list[Any]:
        return [body for _, body in self.asked]

    async def _serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                size = next((int(line.split(":")[1]) for line in head.lower().splitlines()
                             if line.startswith("content-length:")), 0)  # fmt: skip
                body = await reader.readexactly(size)
                self.asked.append((head, json.loads(body) if body else None))
                await self.behave(self, writer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            self.left.set()
        finally:
            writer.close()


def head(status: int, kind: str, **fields: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"content-type: {kind}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def whole(status: int, body: bytes, kind: str = "application/json", **fields: str) -> Behaviour:
    """An answer in one piece."""

    async def behave(_: Provider, writer: Writer) -> None:
        writer.write(head(status, kind, content_length=str(len(body)), **fields) + body)

    return behave


def answers(message: dict[str, Any], **more: Any) -> Behaviour:
    """A whole chat completion."""
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 10, "completion_tokens": 5}
    return whole(200, json.dumps({"choices": [choice], "usage": usage, **more}).encode())


def streams(*events: bytes, pause: float = 0) -> Behaviour:
    """These events, chunked (RFC 9112 §7.1), one by one."""

    async def behave(_: Provider, writer: Writer) -> None:
        writer.write(head(200, "text/event-stream", transfer_encoding="chunked"))
        for event in events:
            writer.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
            await writer.drain()
            await asyncio.sleep(pause)
        writer.write(b"0\r\n\r\n")

    return behave


def event(delta: dict[str, Any], finish: str | None = None) -> bytes:
    chunk = {"id": "x", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def says(*words: str, finish: str = "stop") -> Behaviour:
    """A stream that says these pieces, what it used, and that it is done."""
    usage = {"prompt_tokens": 10, "completion_tokens": 5,
             "prompt_tokens_details": {"cached_tokens": 4}}  # fmt: skip
    told = b"data: " + json.dumps({"choices": [], "usage": usage}).encode() + b"\n\n"
    pieces = [event({"content": word}) for word in words]
    return streams(*pieces, event({}, finish), told, b"data: [DONE]\n\n")
