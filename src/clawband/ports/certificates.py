"""Certificates: who signs them, and what a server elsewhere shows. What we show is a `Shown`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from clawband.model.certificate import Facts
from clawband.ports.doors import Shown


class Authority(Protocol):
    """Our own authority: a root, and under it one that signs servers and one that signs gateways.

    Raises `UnavailableError` when the vault with its keys cannot be used, or when the root is
    needed and was taken away.
    """

    def root(self, now: datetime) -> str:
        """The root's certificate, as PEM: what clients are told to trust."""
        ...

    def issuers(self) -> Mapping[str, Facts]:
        """Those that were made, by name."""
        ...

    def server(self, names: Sequence[str], until: datetime, now: datetime) -> Shown:
        """A fresh key and its certificate for these hosts and addresses."""
        ...

    def gateway(self, name: str, request: str, until: datetime, now: datetime) -> str:
        """A certificate and what leads to the root (PEM) for the key of a request (PKCS #10, PEM)
        and this gateway, whatever name stands in the request.

        Raises `InputError` for a request that its own key did not sign.
        """
        ...


class Acme(Protocol):
    """An authority elsewhere (RFC 8555)."""

    async def server(self, names: Sequence[str]) -> Shown:
        """A fresh key and its certificate. Takes seconds. Raises `UnavailableError`."""
        ...


class Papers(Protocol):
    """Reads certificates."""

    def facts(self, shown: Shown, now: datetime) -> Facts:
        """Raises `InputError` when the key is that of another one, or its time is over or has not
        come."""
        ...

    def certified(self, chain: str) -> Facts:
        """Of the first certificate of a chain (PEM). Raises `InputError`."""
        ...

    def files(self, chain: str, key: str) -> Shown:
        """What somebody else keeps in two files. Raises `UnavailableError`, also for a key that
        others may read."""
        ...


class Peers(Protocol):
    """Servers that we connect to."""

    async def shown(self, host: str, port: int) -> Facts:
        """What it shows now. Raises `UnavailableError` when there is no TLS with it that can be
        trusted."""
        ...
