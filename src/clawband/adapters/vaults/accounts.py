"""Accounts that OpenBao makes in a database for a time (its database engine).

A place is a role of the engine, with `#username` or `#password` behind it; without, the value is
both as JSON. A version is one account. It is kept alive as long as the engine lets it, and the next
version is made while the last one still opens. What is lent is remembered in the own vault, so a
restart ends nobody's account.
"""

import json
import math
import time
from collections.abc import Callable
from threading import RLock

import msgspec

from clawband.adapters.vaults import bao, only
from clawband.adapters.vaults.bao import Bao
from clawband.model.errors import Error, InputError, NotFoundError, UnavailableError
from clawband.ports.vault import NEWEST, Vault

PARTS = ("", "username", "password")
LOOK = 60.0
"""Seconds after which the server is asked again whether an account is still alive."""
LOW = 1 / 3
"""Of its time: with less left an account is renewed, or followed by the next."""


class Lease(msgspec.Struct, frozen=True):
    """An account. `seconds`: how long it was lent for."""

    id: str
    username: str
    password: str
    seconds: int


class AccountsVault:
    """Implements `ports.vault.Vault`; nothing can be written. `own` remembers."""

    def __init__(
        self, server: Bao, mount: str, own: Vault, name: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._server, self._mount, self._own, self._name = server, mount, own, name
        self._clock = clock
        self._until: dict[str, float] = {}
        """When each lease is over, by its id."""
        self._looked: dict[str, float] = {}
        """When the server said so."""
        self._lock = RLock()

    def reach(self) -> None:
        self._server.reach()

    def read(self, place: str, version: int) -> bytes:
        role, part = _split(place)
        with self._lock:
            if version == NEWEST:
                self._looked.clear()
            number = version or self.newest(place) or self._made(role)
            lease = self._lease(role, number)
            if self._left(lease) <= 0:
                raise _over(role, number)
        if part:
            return str(getattr(lease, part)).encode()
        return json.dumps({"username": lease.username, "password": lease.password}).encode()

    def newest(self, place: str) -> int:
        role, _ = _split(place)
        with self._lock:
            number = self._own.newest(self._place(role))
            if not number:
                return 0
            lease = self._lease(role, number)
            low, looked = lease.seconds * LOW, self._looked.get(lease.id, -math.inf)
            anew = self._clock() >= looked + LOOK
            if self._left(lease, anew=anew) <= low and self._renewed(lease) <= low:
                return self._made(role)
            return number

    def write(self, place: str, value: bytes) -> int:
        raise only.refused("the database engine")

    def drop(self, place: str, version: int) -> None:
        """Ends the account; the engine says when it is done."""
        role, _ = _split(place)
        if version <= NEWEST:
            return
        with self._lock:
            try:
                lease = self._lease(role, version)
            except NotFoundError:
                return
            self._ended(lease)
            self._own.drop(self._place(role), version)

    def close(self) -> None:
        """Its accounts live on: who has them still uses them."""
        self._server.close()

    def _made(self, role: str) -> int:
        told = self._server.ask("GET", bao.path(self._mount, "creds", role))
        try:
            inner = told["data"]
            lease = msgspec.convert(
                {"id": told["lease_id"], "seconds": told["lease_duration"],
                 "username": inner["username"], "password": inner["password"]},
                Lease,
            )  # fmt: skip
        except (KeyError, TypeError, msgspec.ValidationError) as error:
            raise UnavailableError(
                f"the vault `{self._name}` made no account for `{role[:60]}`",
                remedy="correct `mount`: it is that of a database engine",
            ) from error
        try:
            number = self._own.write(self._place(role), msgspec.json.encode(lease))
        except Error:
            # Nobody could end it later.
            self._ended(lease)
            raise
        self._heard(lease, lease.seconds)
        # The last one is still used for a while; the one before it was followed long ago.
        self.drop(role, number - 2)
        return number

    def _lease(self, role: str, number: int) -> Lease:
        return msgspec.json.decode(self._own.read(self._place(role), number), type=Lease)

    def _left(self, lease: Lease, *, anew: bool = False) -> float:
        """Seconds; the server is asked about one that was lent before we started, or `anew`."""
        if anew or lease.id not in self._until:
            try:
                told = self._server.ask("PUT", "sys/leases/lookup", {"lease_id": lease.id})
                seconds = int(told["data"]["ttl"])
            except (InputError, NotFoundError):
                seconds = 0  # its word for a lease that is over
            self._heard(lease, seconds)
        return self._until[lease.id] - self._clock()

    def _renewed(self, lease: Lease) -> float:
        """Seconds that it has now: few where the engine lets it live no longer."""
        asked = {"lease_id": lease.id, "increment": lease.seconds}
        try:
            told = self._server.ask("PUT", "sys/leases/renew", asked)
            seconds = int(told["lease_duration"])
        except (InputError, NotFoundError):
            seconds = 0
        self._heard(lease, seconds)
        return seconds

    def _heard(self, lease: Lease, seconds: int) -> None:
        self._looked[lease.id] = self._clock()
        self._until[lease.id] = self._looked[lease.id] + seconds

    def _ended(self, lease: Lease) -> None:
        try:
            self._server.ask("PUT", "sys/leases/revoke", {"lease_id": lease.id, "sync": True})
        except (InputError, NotFoundError):
            pass  # it is over already
        self._until.pop(lease.id, None)
        self._looked.pop(lease.id, None)

    def _place(self, role: str) -> str:
        """No name of a secret has a colon."""
        return f"lease:{self._name}/{role}"


def _split(place: str) -> tuple[str, str]:
    role, _, part = place.partition("#")
    if not role or part not in PARTS:
        raise InputError(
            f"`{place[:80]}` is no place of accounts",
            remedy="write a role of the engine, as in `reader#password`",
        )
    return role, part


def _over(role: str, number: int) -> NotFoundError:
    return NotFoundError(
        f"account {number} of `{role[:60]}` is over", remedy="use the newest version"
    )
