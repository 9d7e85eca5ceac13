"""Service accounts and their keys, for people who administer them and for who shows one."""

from collections.abc import Callable, Sequence
from datetime import datetime

from clawband.flows import accounts
from clawband.flows.accounts import Doing, Fresh, Held, Listed
from clawband.flows.authority import require
from clawband.identity import keys
from clawband.identity.keys import Account
from clawband.identity.roles import Act
from clawband.model.errors import ConflictError
from clawband.model.person import SignedIn
from clawband.ports.unit import Unit
from clawband.service.running import Running

NOTED = 4_096


class Accounts:
    """Every change wants an administrator; a key is known from memory alone."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._noted: dict[str, datetime] = {}
        """When the use of a key was last passed on to be written."""

    def listed(self, by: SignedIn) -> Sequence[Listed]:
        require(by, Act.LOOK)
        return accounts.listed(self._running.store)

    async def add(self, name: str, owner: str, purpose: str, by: SignedIn) -> Account:
        account, unit = accounts.add(
            name, owner, purpose, store=self._running.store, doing=self._doing(by)
        )
        await self._running.commit(unit)
        return account

    async def give(self, name: str, owner: str, by: SignedIn) -> Account:
        account, unit = accounts.give(name, owner, store=self._running.store, doing=self._doing(by))
        await self._running.commit(unit)
        return account

    async def remove(self, name: str, by: SignedIn) -> None:
        doing = self._doing(by)
        await self._end(lambda: accounts.remove(name, store=self._running.store, doing=doing))

    async def add_key(
        self, account: str, acts: Sequence[str], days: int, by: SignedIn, environment: str = ""
    ) -> Fresh:
        fresh = accounts.add_key(
            account, acts, days, environment, store=self._running.store, doing=self._doing(by)
        )
        await self._running.commit(fresh.unit)
        return fresh

    async def rotate(self, id: str, hours: float, by: SignedIn) -> Fresh:
        fresh = accounts.rotate(id, hours, store=self._running.store, doing=self._doing(by))
        await self._running.commit(fresh.unit)
        return fresh

    async def revoke(self, id: str, by: SignedIn) -> None:
        doing = self._doing(by)
        await self._end(lambda: accounts.revoke(id, store=self._running.store, doing=doing))

    def who(self, secret: str) -> SignedIn:
        """The service account behind a key. Raises `AuthenticationError`."""
        now = self._running.now()
        signed = accounts.who(secret, store=self._running.store, now=now)
        self._note(signed.session, now)
        return signed

    def doubts(self, held: Held) -> tuple[str, ...]:
        """What somebody who reviews it should look at."""
        now = self._running.now()
        found = list(keys.broad(held.key))
        if held.key.alive(now) and keys.idle(held.key, held.used, now):
            found.append(f"nobody used it for {keys.IDLE.days} days or more")
        return tuple(found)

    def _doing(self, by: SignedIn) -> Doing:
        require(by, Act.ADMINISTER)
        return Doing(by=by.name, now=self._running.now(), entropy=self._running.entropy())

    async def _end(self, made: Callable[[], Unit]) -> None:
        """Once more when the last use was written meanwhile: a revocation does not wait for it."""
        try:
            await self._running.commit(made())
        except ConflictError:
            await self._running.commit(made())

    def _note(self, id: str, now: datetime) -> None:
        """Pass the use on to be written; who uses the key does not wait for it."""
        noted = self._noted.get(id)
        if noted and now - noted < keys.USED:
            return
        if len(self._noted) >= NOTED:
            self._noted.clear()
        self._noted[id] = now
        if unit := accounts.use(id, documents=self._running.store, now=now):
            self._running.store.commit(unit)
