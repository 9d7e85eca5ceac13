"""Operators and their sign-ins. Hashing a password takes a third of a second, so in a thread."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from clawband.flows import alone, break_glass, credentials, sessions, sign_in
from clawband.flows.authority import require
from clawband.flows.in_turn import in_turn
from clawband.identity.roles import Act
from clawband.identity.session import stored
from clawband.model.person import Held, Operator, SignedIn, held
from clawband.ports.unit import Unit, joined
from clawband.service.running import Running

REMEMBERED = 10_000
"""Sign-ins whose last use is in memory; of others it is what was written down."""


class Operators:
    """Local accounts: add, remove, know again."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._used: OrderedDict[str, datetime] = OrderedDict()
        self._lock = Lock()

    def list(self) -> Sequence[Operator]:
        return self._running.store.operators()

    async def add(
        self, name: str, roles: Sequence[str], aliases: Sequence[str], password: str, by: SignedIn
    ) -> Operator:
        """Raises `ConflictError` where it takes two people: to replace the password of somebody
        else is a way into their account."""
        require(by, Act.ADMINISTER)
        self._refuse_alone("invite NAME --role ROLE", by)
        store = self._running.store
        if store.operator(name) and name != by.name:
            alone.refuse_takeover(name, by, people=store, documents=store, now=self._running.now())
        return await self.add_as(name, roles, aliases, password, by.name)

    async def add_as(
        self, name: str, roles: Sequence[str], aliases: Sequence[str], password: str, by: str
    ) -> Operator:
        """Add for a person whose right was checked, or for the machine's own set-up.

        The aliases of an account stay: what was asked for under one is still theirs.
        """
        wanted, turn = roles_of(roles), in_turn(self._running.store)
        had = self._running.store.operator(name)
        known_as = frozenset(aliases) | (had[0].aliases if had else frozenset())
        sign_in.refuse_clash(name, wanted, known_as, self._running.store)
        operator, unit = await asyncio.to_thread(
            sign_in.add, name, wanted, known_as, password,
            by=by, passwords=self._running.passwords,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        unit.changes.append(turn)
        await self._running.commit(unit)
        return operator

    async def remove(self, name: str, by: SignedIn) -> None:
        """Remove an account. The last administrator stays."""
        require(by, Act.ADMINISTER)
        self._refuse_alone("remove NAME", by)
        await self.remove_as(name, by.name)

    async def remove_as(self, name: str, by: str, also: Unit | None = None) -> None:
        """Remove for a person whose right was checked, in one unit with `also`."""
        unit = sign_in.remove(
            name, by=by, people=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(joined(also, unit))

    def who(self, secret: str) -> SignedIn:
        """Raises `AuthenticationError`."""
        return self.still(stored(secret) if secret else "", used=True)

    def still(self, session: str, *, used: bool = False) -> SignedIn:
        """Who they are now, by the id of a sign-in whose secret was shown before. `used`: that they
        are here. Raises `AuthenticationError`."""
        now, store = self._running.now(), self._running.store
        signed = sessions.again(session, known=store, used=self._used.get(session), now=now)
        if used:
            self._touch(session, now)
        signed = break_glass.lifted(signed, store, now)
        return credentials.weighed(signed, store, self._running.people)

    async def sign_out(self, signed: SignedIn) -> None:
        unit = sign_in.sign_out(signed, now=self._running.now(), entropy=self._running.entropy())
        await self._running.commit(unit)

    def _refuse_alone(self, how: str, by: SignedIn) -> None:
        running = self._running
        alone.refuse(
            "administer", how, by,
            controlled=running.people.dual_control, documents=running.store, now=running.now(),
        )  # fmt: skip

    def _touch(self, session: str, now: datetime) -> None:
        """Note the use, in memory; write it down once in a while, and never wait for that."""
        with self._lock:  # the console asks from several threads
            self._used[session] = now
            self._used.move_to_end(session)
            if len(self._used) > REMEMBERED:
                self._used.popitem(last=False)
        unit = sessions.touch(session, known=self._running.store, now=now)
        if unit:
            self._running.store.commit(unit)


def roles_of(names: Sequence[str]) -> frozenset[Held]:
    """Raises `InputError`."""
    return frozenset(map(held, names))
