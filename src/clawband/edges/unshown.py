"""The last look at a page, an answer or a line of a log: nothing in it that nobody is shown.

What is kept is masked before it is written. What was written before it was kept is masked here.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clawband.labels.known import Known, Passing
from clawband.service.masking import Masking

APART: Final = ("/gateway/", "/access/", "/static/")
"""Gateways are given values; what is shipped holds none."""
TOLD: Final = "/boundaries"
"""An administrator is told a gateway's passwords there, to put them into its configuration."""
EXACT: Final = b"application/jsonl"
"""An export is what was recorded, to the byte: else nobody could verify it."""


class Unshown:
    """Masks the answers of an app."""

    def __init__(self, app: ASGIApp, masking: Masking) -> None:
        self._app, self._masking = app, masking

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = self._masking.known
        if known and scope["type"] == "http" and not _apart(scope["path"]):
            send = _Masked(known, send).send
        await self._app(scope, receive, send)


def _apart(path: str) -> bool:
    return path.startswith(APART) or path.endswith(TOLD)


class _Masked:
    """One answer. A head that tells a length waits for the body's first piece, which may change
    it."""

    def __init__(self, known: Known, send: Send) -> None:
        self._known, self._send = known, send
        self._passing: Passing | None = None
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kinds = [value for name, value in message["headers"] if name == b"content-type"]
            if any(kind.startswith(EXACT) for kind in kinds):
                await self._send(message)
                return
            self._passing = Passing(self._known)
            if any(name == b"content-length" for name, _ in message["headers"]):
                self._start = message
            else:
                # A stream may have nothing to tell for long, and its head says that it is there.
                await self._send(self._headed(message, None))
        elif message["type"] == "http.response.body" and self._passing:
            await self._pass(message, self._passing)
        else:
            await self._send(message)

    async def _pass(self, message: Message, passing: Passing) -> None:
        piece, more = message.get("body", b""), message.get("more_body", False)
        # An event of a stream is not held back for the next one, and no value goes on in it.
        body = passing.feed(piece, whole=not more or piece.endswith(b"\n\n"))
        if self._start:
            await self._send(self._headed(self._start, None if more else len(body)))
            self._start = None
        await self._send({**message, "body": body})

    def _headed(self, start: Message, length: int | None) -> Message:
        headers = [
            (name, self._known.masked_bytes(value))
            for name, value in start["headers"]
            if name != b"content-length"
        ]
        told = any(name == b"content-length" for name, _ in start["headers"])
        if told and length is not None:
            headers.append((b"content-length", str(length).encode()))
        return {**start, "headers": headers}


@contextmanager
def logs(masking: Masking) -> Iterator[None]:
    """While it runs, no line of a log holds what nobody is shown, nor does a traceback."""
    before, shown = logging.getLogRecordFactory(), logging.Formatter()

    def made(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = before(*args, **kwargs)
        known = masking.known
        if known:
            text = record.getMessage()
            if (masked := known.masked(text)) != text:
                record.msg, record.args = masked, ()
            if record.exc_info:
                record.exc_text = known.masked(shown.formatException(record.exc_info))
        return record

    logging.setLogRecordFactory(made)
    try:
        yield
    finally:
        logging.setLogRecordFactory(before)
