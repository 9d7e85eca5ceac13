"""The answers that an ACME authority looks for over HTTP (RFC 8555 §8.3): open while it looks."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

from clawband.model.errors import UnavailableError

HEAD = 4_096
SECONDS = 5.0
ASKED = "GET /.well-known/acme-challenge/"


class Answering:
    """A server of these answers, by token, and of nothing else. Raises `UnavailableError`."""

    def __init__(self, host: str, port: int, answers: Mapping[str, str]) -> None:
        self._host, self._port, self._answers = host, port, answers
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        try:
            self._server = await asyncio.start_server(
                self._answer, self._host, self._port, limit=HEAD
            )
        except OSError as error:
            raise UnavailableError(
                f"the answers of ACME cannot be told at {self._host}:{self._port}: "
                f"{error.strerror}",
                remedy="set `listen` of `[acme]` where port 80 arrives and this user may listen",
            ) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            async with asyncio.timeout(SECONDS):
                try:
                    head = await reader.readuntil(b"\r\n\r\n")
                except asyncio.LimitOverrunError:
                    head = b""
                writer.write(self._said(head))
                await writer.drain()
        writer.close()

    def _said(self, head: bytes) -> bytes:
        """To the request for a token, and a 404 to everything else."""
        line = head.partition(b"\r\n")[0].decode("latin-1")
        answer = b""
        if line.startswith(ASKED) and line.endswith(" HTTP/1.1"):
            token = line.removeprefix(ASKED).removesuffix(" HTTP/1.1")
            answer = self._answers.get(token, "").encode()
        status = b"200 OK" if answer else b"404 Not Found"
        return (
            b"HTTP/1.1 " + status + b"\r\ncontent-type: application/octet-stream\r\n"
            b"connection: close\r\ncontent-length: " + str(len(answer)).encode() + b"\r\n\r\n"
        ) + answer
