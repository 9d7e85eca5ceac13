"""What the proxy itself answers."""

import json
from http import HTTPStatus

from clawband.network.forward import written

CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
DENIED = b"\x15\x03\x03\x00\x02\x02\x31"
"""A TLS alert: access denied, fatal (RFC 8446 §6.2)."""
_CHALLENGE = (b"Proxy-Authenticate", b'Basic realm="clawband", charset="UTF-8"')


class Problem(Exception):  # noqa: N818 - an answer, not a breakage
    """Ends a message with an answer of ours; `remedy` may be empty."""

    def __init__(
        self, status: int, category: str, reason: str, remedy: str = "", decision: str = ""
    ) -> None:
        super().__init__(reason)
        self.status, self.category, self.reason = status, category, reason
        self.remedy, self.decision = remedy, decision
        self.words: bytes | None = None
        """What the client is sent, where it would not understand a response."""


def problem(told: Problem) -> bytes:
    """A whole response that says why, for the agent as much as for people."""
    if told.words is not None:
        return told.words
    body = {
        "title": "refused by Clawband", "status": told.status, "category": told.category,
        "detail": told.reason, "remedy": told.remedy, "decision": told.decision,
    }  # fmt: skip
    data = json.dumps({key: value for key, value in body.items() if value}).encode() + b"\n"
    extra = (_CHALLENGE,) if told.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED else ()
    return whole(told.status, b"application/json", data, *extra)


def whole(status: int, kind: bytes, data: bytes, *extra: tuple[bytes, bytes]) -> bytes:
    """A response after which the connection is over."""
    line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()
    fields = (
        (b"Content-Type", kind), (b"Content-Length", str(len(data)).encode()),
        (b"Cache-Control", b"no-store"), (b"Connection", b"close"), *extra,
    )  # fmt: skip
    return written(line, fields) + data
