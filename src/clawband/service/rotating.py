"""What is done at each step of a rotation, between the records of it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from weakref import WeakValueDictionary

from clawband.flows import rotate
from clawband.flows.accounts import Doing
from clawband.flows.kept import Kept
from clawband.flows.rotate import ROTATION
from clawband.flows.secrets import SECRET, usable
from clawband.model.errors import (
    Error,
    InvariantError,
    NotFoundError,
    UnavailableError,
)
from clawband.model.event import Tag
from clawband.model.rotation import Rotation, Shape, Step
from clawband.model.secret import Secret
from clawband.ports.rotor import Made, Seen
from clawband.ports.store import Query
from clawband.ports.unit import Unit
from clawband.service.issuing import Issuing
from clawband.service.running import Running
from clawband.service.secrets import Secrets

PATIENCE = 6
"""Tries of a new value, over a minute: some issuers take a while until they know it."""


class Rotating:
    """Takes one rotation as far as it goes now."""

    def __init__(self, running: Running, secrets: Secrets) -> None:
        self._running, self._secrets = running, secrets
        self._issuing = Issuing(running, secrets)
        self._steps: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def shape(self, secret: Secret) -> Shape:
        """How its issuer takes a new value. Raises `InputError` for a plan that cannot work."""
        rotor, job = await self._issuing.asked("", secret)
        return await asyncio.to_thread(rotor.shape, job)

    async def drive(self, id: str) -> None:
        """Step by step until it ends, waits or fails. Raises what a commit raises."""
        going = True
        while going:
            async with self.between(id):
                going = await self._drive(id)

    @asynccontextmanager
    async def between(self, id: str) -> AsyncIterator[None]:
        """While no step of it is under way: what an issuer was asked for is on record."""
        lock = self._steps.setdefault(id, asyncio.Lock())
        async with lock:
            yield

    async def _drive(self, id: str) -> bool:
        """One step; whether there is another one to be done now."""
        kept = ROTATION.find(id, self._running.store)
        if kept is None or kept.value.step is None:
            return False
        if kept.value.until and self._running.now() < kept.value.until:
            return False
        try:
            unit = await self._step(kept)
        except Error as error:
            unit = self._failed(kept, error)
        except Exception as error:  # noqa: BLE001 - a defect of a driver waits like any failure
            unit = self._failed(kept, InvariantError(f"a defect: {type(error).__name__}"))
        await self._running.commit(unit)
        await self._tidy(kept)
        return True

    async def _step(self, kept: Kept[Rotation]) -> Unit:
        """The unit that its present step leaves behind."""
        doing = self._doing(kept.value)
        store = self._running.store
        found = SECRET.find(kept.value.secret, store)
        if found is None:
            return rotate.gone(kept, documents=store, doing=doing)
        match kept.value.step:
            case Step.CREATE:
                return await self._create(kept, found.value)
            case Step.SWITCH:
                return rotate.switched(kept, documents=store, doing=doing)
            case Step.PLACE:
                words = await self._place(kept, found.value)
            case Step.PROVE:
                words = await self._prove(kept, found.value)
            case Step.TELL:
                words = await self._tell(kept, found.value)
            case Step.REVOKE:
                words = await self._revoke(kept, found.value)
            case Step.BURY:
                return await self._bury(kept, found.value)
            case _:
                words = "both were alive"
        return rotate.passed(kept, words, documents=store, doing=self._doing(kept.value))

    async def _create(self, kept: Kept[Rotation], secret: Secret) -> Unit:
        rotor, job = await self._issuing.asked(kept.id, secret, kept.value.driver)
        made = await asyncio.to_thread(rotor.create, job)
        number = await self._secrets.write(secret, usable(made.value))
        return rotate.made(
            kept, number, print=self._secrets.printed(made.value), issued=made.issued,
            documents=self._running.store, doing=self._doing(kept.value),
        )  # fmt: skip

    async def _place(self, kept: Kept[Rotation], secret: Secret) -> str:
        rotor, job = await self._issuing.asked(kept.id, secret, kept.value.driver)
        (made,) = (await self._values(kept, secret, [kept.value.placing])).values()
        await asyncio.to_thread(rotor.place, job, made)
        return "the issuer accepts it"

    async def _prove(self, kept: Kept[Rotation], secret: Secret) -> str:
        """The value that is to stay opens what it is for."""
        seen = (await self._check(kept, secret, [kept.value.placing]))[kept.value.placing]
        if not seen.alive:
            raise UnavailableError(f"the value is refused: {seen.words}")
        return seen.words

    async def _tell(self, kept: Kept[Rotation], secret: Secret) -> str:
        """Every gateway that may have the value takes the current one, or it goes no further."""
        told = []
        enrolled = {each.name for each in self._running.store.enrolled()}
        for name in secret.gateways:
            if name not in enrolled:
                continue
            control = self._running.controls.get(name)
            if control is None:
                raise UnavailableError(
                    f"the gateway `{name}` cannot be told to take the new value",
                    remedy="give its `url` and `token_file` in `clawband.toml`",
                )
            problem = await asyncio.to_thread(control.reload_secrets)
            if problem:
                raise UnavailableError(f"`{name}` goes on with the old value: {problem}")
            has = await asyncio.to_thread(self._has, name, kept.value, secret)
            if has not in (None, secret.current and secret.current.number):
                raise UnavailableError(f"`{name}` was last given version {has}, not the current")
            told += [name] if has else []
        return f"taken by {', '.join(told)}" if told else "no gateway has it"

    def _has(self, gateway: str, since: Rotation, secret: Secret) -> int | None:
        """The version that the log says it was given last, since the rotation began; None for one
        that has not asked, though it just asked for all that its configuration refers to."""
        about = f"Secret::{secret.name}"
        asked = Query(tags=frozenset({Tag.SECRET_LEND}), text=about, since=since.begun, limit=200)
        for leaf in self._running.store.find(asked):
            event = leaf.event
            if (event.gateway, event.resource, event.outcome) == (gateway, about, "value"):
                version = event.detail.get("version")
                return version if isinstance(version, int) else None
        return None

    async def _revoke(self, kept: Kept[Rotation], secret: Secret) -> str:
        rotor, job = await self._issuing.asked(kept.id, secret, kept.value.driver)
        for made in (await self._values(kept, secret, kept.value.ending)).values():
            await asyncio.to_thread(rotor.revoke, job, made)
        return "ended at the issuer"

    async def _bury(self, kept: Kept[Rotation], secret: Secret) -> Unit:
        await self._control(kept, secret)
        seen = await self._check(kept, secret, kept.value.ending)
        for number, each in seen.items():
            if each.alive:
                raise UnavailableError(f"version {number} still opens: {each.words}")
        return rotate.buried(
            kept, {number: each.words for number, each in seen.items()},
            documents=self._running.store, doing=self._doing(kept.value),
        )  # fmt: skip

    async def _control(self, kept: Kept[Rotation], secret: Secret) -> None:
        """An issuer that refuses what is current, too, says nothing about the old value: it may
        refuse whoever asks. What is gone back to may be dead, so nothing is asked of it."""
        if kept.value.back or kept.value.rehearsal or secret.current is None:
            return
        number = secret.current.number
        for seen in (await self._check(kept, secret, [number])).values():
            if not seen.alive:
                raise UnavailableError(f"version {number}, the current one, is refused as well")

    async def _check(
        self, kept: Kept[Rotation], secret: Secret, numbers: Sequence[int]
    ) -> Mapping[int, Seen]:
        rotor, job = await self._issuing.asked(kept.id, secret, kept.value.driver)
        return {
            number: await asyncio.to_thread(rotor.check, job, made)
            for number, made in (await self._values(kept, secret, numbers)).items()
        }

    async def _values(
        self, kept: Kept[Rotation], secret: Secret, numbers: Sequence[int]
    ) -> Mapping[int, Made]:
        """One that somebody replaced by hand before, and whose value the vault has no more, is
        left out: nobody can try it, so it stays what it is. Raises `NotFoundError` for others."""
        found = {number: await self._issuing.made(secret, number) for number in numbers}
        for number in {kept.value.was, kept.value.new} & {n for n in found if not found[n]}:
            raise NotFoundError(
                f"version {number} of `{secret.name}` is in its vault no more",
                remedy="restore the vault from a backup",
            )
        return {number: made for number, made in found.items() if made}

    def _failed(self, kept: Kept[Rotation], error: Error) -> Unit:
        """What does not work before the switch is gone back from by itself; afterwards it is
        tried until it does, for nothing is ended before."""
        of, problem = kept.value, str(error)
        store, doing = self._running.store, self._doing(kept.value)
        hopeless = of.step is Step.PROVE and not of.switched and of.tries >= PATIENCE
        if hopeless and of.returnable:
            return rotate.turned(kept, problem, documents=store, doing=doing)
        return rotate.failed(kept, problem, doing)

    async def _tidy(self, kept: Kept[Rotation]) -> None:
        """Values that open nothing any more are destroyed; one that is left opens nothing."""
        found = SECRET.find(kept.value.secret, self._running.store)
        if kept.value.step is Step.BURY and found:
            alive = {each.number for each in found.value.alive}
            for number in set(kept.value.ending) - alive:
                with suppress(Error):
                    await self._secrets.drop(found.value, number)

    def _doing(self, of: Rotation) -> Doing:
        return Doing(by=of.by, now=self._running.now(), entropy=self._running.entropy())
