"""How a gateway and a permitted command name themselves at the boundaries.

A gateway's password is derived, so that nothing is stored and a new key file ends all of them.
"""

import base64
import hmac
from dataclasses import dataclass
from hashlib import sha256

from clawband.model.errors import AuthenticationError

GATEWAY, CALL, ACTION = "gateway", "call", "action"
"""User names of `Proxy-Authorization`: who the password speaks for."""
EGRESS, MODELS, DOOR = "egress", "models", "door"
"""Boundaries: a password for one opens nothing at the other."""
MOST = 8192


@dataclass(frozen=True, slots=True)
class Named:
    """The two halves of a Basic credential (RFC 7617). `user` is one of the three kinds; that of a
    gateway has its name behind a dot, as in `gateway.sample`."""

    user: str
    password: str

    @property
    def kind(self) -> str:
        return self.user.partition(".")[0]

    @property
    def gateway(self) -> str:
        return self.user.partition(".")[2]


def password(key: bytes, boundary: str, gateway: str) -> str:
    """The password of a gateway at one boundary."""
    made = hmac.digest(key, f"{boundary}\0{gateway}".encode(), sha256)
    return base64.b32encode(made).decode().rstrip("=").lower()


def opens(key: bytes, boundary: str, gateway: str, given: str) -> bool:
    """Whether this is the gateway's password there, in constant time."""
    return hmac.compare_digest(password(key, boundary, gateway).encode(), given.encode())


def header(key: bytes, gateway: str) -> str:
    """The field in which a gateway is told who comes through its front door. Its name is the
    secret: OpenClaw believes any local process that knows it, and compares no value of it."""
    return f"x-clawband-{password(key, DOOR, gateway)}"


def basic(header: str) -> Named:
    """`Basic <base64>`; raises `AuthenticationError` for anything else."""
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic" or not encoded or len(encoded) > MOST:
        raise _refusal()
    try:
        told = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError as error:
        raise _refusal() from error
    user, colon, secret = told.partition(":")
    if not colon or not user or not secret:
        raise _refusal()
    return Named(user, secret)


def _refusal() -> AuthenticationError:
    return AuthenticationError(
        "the proxy was not told who connects",
        remedy="use the proxy address that `clawband egress address` prints",
    )
