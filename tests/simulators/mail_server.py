"""A mail server on loopback: real SMTP, with encryption and a sign-in where a test wants them."""

import asyncio
import ssl
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from queue import Queue
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = "clawband", "letters only"


@dataclass(frozen=True)
class Delivered:
    """A letter as it arrived."""

    sender: str
    to: str
    encrypted: bool
    raw: bytes
    letter: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.letter["Subject"])

    @property
    def text(self) -> str:
        return str(self.letter.get_content())

    def link(self, start: str) -> str:
        """The first link whose path begins so."""
        return next(line for line in self.text.splitlines() if start in line)


class MailServer:
    """In a thread of its own. `signed_in` goes with `starttls`: aiosmtpd takes no password over a
    connection that it did not encrypt itself. `answers` are given to the next letters instead of
    taking them, each as in `rcpt 550 nobody of that name` or `data 451 later`."""

    def __init__(
        self, *, trust: ssl.SSLContext | None = None, tls: str = "none", signed_in: bool = False
    ) -> None:
        self._trust, self._tls, self._signed_in = trust, tls, signed_in
        self.letters: list[Delivered] = []
        self.answers: deque[str] = deque()
        self.port = 0

    def __enter__(self) -> "MailServer":
        found: Queue[int] = Queue()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(found),))
        self._thread.start()
        self.port = found.get(timeout=10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self, found: "Queue[int]") -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(
            self._protocol, "127.0.0.1", self.port,
            ssl=self._trust if self._tls == "tls" else None,
        )  # fmt: skip
        found.put(server.sockets[0].getsockname()[1])
        await self._stop.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for each in others:
            each.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*others, return_exceptions=True)

    def _protocol(self) -> SMTP:
        return SMTP(
            self,
            hostname="mail.example",
            tls_context=self._trust if self._tls == "starttls" else None,
            require_starttls=self._tls == "starttls",
            auth_required=self._signed_in,
            authenticator=_authenticate,
            loop=self._loop,
        )

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if said := self._answer("rcpt "):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the same
        self, _server: Any, session: Any, envelope: Any
    ) -> str:
        if said := self._answer("data "):
            return said
        letter = message_from_bytes(envelope.content, policy=policy.default)
        (to,) = envelope.rcpt_tos
        encrypted = session.ssl is not None or self._tls == "tls"
        self.letters.append(Delivered(envelope.mail_from, to, encrypted, envelope.content, letter))
        return "250 taken"

    def _answer(self, at: str) -> str:
        if self.answers and self.answers[0].startswith(at):
            return self.answers.popleft().removeprefix(at)
        return ""


def _authenticate(_server: Any, _session: Any, _envelope: Any, _how: str, data: Any) -> AuthResult:
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)
