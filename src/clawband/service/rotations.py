"""Rotations: begun by people and by the calendar, carried on after a crash, gone back from."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from clawband.flows import calendar, rotate
from clawband.flows.accounts import Doing
from clawband.flows.authority import may, require, require_some
from clawband.flows.kept import Kept
from clawband.flows.rotate import ROTATION
from clawband.flows.secrets import LIST, SECRET
from clawband.identity.roles import Act
from clawband.model.errors import ConflictError, Error, InputError, NotFoundError
from clawband.model.person import SignedIn
from clawband.model.rotation import BY_HAND, Planned, Rotation, Stand
from clawband.model.secret import Secret
from clawband.service.rotating import Rotating
from clawband.service.running import Running
from clawband.service.secrets import Secrets

AT_ONCE = 8
"""Rotations that are driven side by side; the others wait for their turn."""


class Rotations:
    """What is begun goes on by itself; `tick` takes up what waits, or what a crash left."""

    def __init__(self, running: Running, secrets: Secrets) -> None:
        self._running, self._secrets = running, secrets
        self._rotating = Rotating(running, secrets)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._driven: dict[str, asyncio.Task[None]] = {}
        self._open: set[str] | None = None
        """Those that have not ended; not known before the first look."""

    async def begin(
        self, name: str, by: SignedIn, *, rehearse: bool = False, at_once: bool = False
    ) -> Kept[Rotation]:
        """Durable when this returns; the steps follow. `at_once`: without overlap, after a leak.

        Raises `InputError` for what cannot be rotated, `ConflictError` while it is.
        """
        secret = self._known(name, by)
        require(by, Act.ROTATE, secret.environment)
        return await self._begin(secret, by.name, rehearse=rehearse, at_once=at_once)

    def listed(self, by: SignedIn) -> Sequence[Kept[Rotation]]:
        """Newest first, of the environments that they may look at."""
        require_some(by, Act.LOOK)
        found = ROTATION.all(self._running.store)
        return [each for each in reversed(found) if may(by, Act.LOOK, each.value.environment)]

    def get(self, id: str, by: SignedIn) -> Kept[Rotation]:
        """Raises `NotFoundError` also for one that they may not know of."""
        found = ROTATION.find(id, self._running.store)
        if found is None or not may(by, Act.LOOK, found.value.environment):
            raise NotFoundError(f"there is no rotation `{id[:60]}`", remedy=rotate.LIST)
        return found

    def calendar(self, by: SignedIn) -> Sequence[Planned]:
        """What is due first at the top."""
        require_some(by, Act.LOOK)
        found = calendar.listed(self._running.now(), self._running.store)
        return [each for each in found if may(by, Act.LOOK, each.environment)]

    async def resume(self, id: str, by: SignedIn) -> Kept[Rotation]:
        """Try the present step again now. An overlap is not cut short."""
        require(by, Act.ROTATE, self.get(id, by).value.environment)
        async with self._rotating.between(id):
            await self._running.commit(rotate.resumed(self.get(id, by)))
        self._drive(id)
        return self.get(id, by)

    async def roll_back(self, id: str, by: SignedIn, because: str = "") -> Kept[Rotation]:
        """The new value goes, the old one stays. Raises `ConflictError` when that is too late."""
        require(by, Act.ROTATE, self.get(id, by).value.environment)
        async with self._rotating.between(id):
            unit = rotate.turned(
                self.get(id, by), because or f"{by.name} wants it so",
                documents=self._running.store, doing=self._doing(by.name),
            )  # fmt: skip
            await self._running.commit(unit)
        self._drive(id)
        return self.get(id, by)

    async def settled(self, id: str) -> Rotation:
        """What it is once it has ended, waits or failed."""
        while id in self._driven:
            await asyncio.shield(self._driven[id])
        return ROTATION.get(id, self._running.store, rotate.LIST).value

    async def tick(self) -> None:
        """Once in a while: take up every rotation whose time has come."""
        if self._open is None:
            found = ROTATION.all(self._running.store)
            self._open = {each.id for each in found if each.value.ended is None}
        for each in sorted(self._open):
            kept = ROTATION.find(each, self._running.store)
            if kept is None or kept.value.ended:
                self._open.discard(each)
            elif kept.value.until is None or kept.value.until <= self._running.now():
                self._drive(each)

    async def turn(self) -> None:
        """Once in a while: begin what the calendar wants, and say what it wanted in vain."""
        store = self._running.store
        for name in list(calendar.to_begin(self._running.now(), store)):
            with suppress(ConflictError):  # somebody was quicker
                try:
                    await self._begin(SECRET.get(name, store, LIST).value, "")
                except InputError as error:
                    await self._remind(name, error.message)
        for each in calendar.listed(self._running.now(), store):
            if each.stand is Stand.OVERDUE:
                by_hand = each.driver == BY_HAND
                await self._remind(each.secret, "" if by_hand else each.problem)

    async def stop(self) -> None:
        """Let go of what is driven: it goes on from its record after the next start."""
        for each in list(self._driven.values()):
            each.cancel()
        await asyncio.gather(*self._driven.values(), return_exceptions=True)

    async def _begin(
        self, secret: Secret, by: str, *, rehearse: bool = False, at_once: bool = False
    ) -> Kept[Rotation]:
        self._secrets.refuse_read_only(secret)
        shape = await self._rotating.shape(secret)
        store = self._running.store
        named, unit = rotate.begin(
            SECRET.get(secret.name, store, LIST), shape, rehearsal=rehearse, at_once=at_once,
            documents=store, doing=self._doing(by),
        )  # fmt: skip
        await self._running.commit(unit)
        self._drive(named)
        return ROTATION.get(named, store)

    def _drive(self, id: str) -> None:
        if self._open is not None:
            self._open.add(id)
        if id not in self._driven:
            self._driven[id] = asyncio.create_task(self._driving(id))

    async def _driving(self, id: str) -> None:
        # Who was quicker has moved it on, and what a full disk refused is tried again by `tick`.
        try:
            async with self._turns:
                await self._rotating.drive(id)
        except Error:
            return
        finally:
            self._driven.pop(id, None)

    async def _remind(self, name: str, because: str) -> None:
        unit = calendar.reminder(name, because, self._running.store, self._doing(""))
        if unit:
            await self._running.commit(unit)

    def _known(self, name: str, by: SignedIn) -> Secret:
        found = SECRET.find(name, self._running.store)
        if found is None or not may(by, Act.LOOK, found.value.environment):
            raise NotFoundError(f"there is no secret `{name[:60]}`", remedy=LIST)
        return found.value

    def _doing(self, by: str) -> Doing:
        return Doing(by=by, now=self._running.now(), entropy=self._running.entropy())
