"""Leaks of kept secrets: opened by people or by what was seen, carried on, closed when proved."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from clawband.flows.accounts import Doing
from clawband.flows.authority import may, require, require_some
from clawband.flows.kept import Kept
from clawband.flows.leak import (
    LEAK,
    LIST,
    Asked,
    Came,
    assigned,
    by_print,
    came,
    closed,
    contain,
    open_,
    running,
)
from clawband.flows.secrets import LIST as SECRETS
from clawband.flows.secrets import SECRET, usable
from clawband.identity.roles import Act
from clawband.model.errors import ConflictError, InputError, NotFoundError
from clawband.model.leak import Leak, Step
from clawband.model.person import SignedIn
from clawband.model.secret import Secret
from clawband.ports.unit import Unit
from clawband.service.leak_steps import Steps
from clawband.service.rotations import Rotations
from clawband.service.running import Running
from clawband.service.secrets import Secrets

TRIES = 5


class Leaks:
    """Steps that nobody has to take are taken as soon as a run is open, and again by `tick`, so
    that a crash leaves none out."""

    def __init__(
        self, running: Running, secrets: Secrets, rotations: Rotations, steps: Steps
    ) -> None:
        self._running, self._secrets, self._rotations = running, secrets, rotations
        self._steps = steps
        self._carried: set[str] = set()

    def listed(self, by: SignedIn) -> Sequence[Kept[Leak]]:
        """Newest first, of the environments that they may look at."""
        require_some(by, Act.LOOK)
        found = reversed(LEAK.all(self._running.store))
        return [each for each in found if may(by, Act.LOOK, each.value.environment)]

    def get(self, id: str, by: SignedIn) -> Kept[Leak]:
        """Raises `NotFoundError` also for one that they may not know of."""
        found = LEAK.find(id, self._running.store)
        if found is None or not may(by, Act.LOOK, found.value.environment):
            raise NotFoundError(f"there is no leak `{id[:60]}`", remedy=LIST)
        return found

    async def open(self, name: str, asked: Asked, by: SignedIn) -> Kept[Leak]:
        """Of a secret by its name."""
        secret = self._secrets.get(name, by)
        return await self._open(secret, asked, by)

    async def open_by_print(self, print: str, asked: Asked, by: SignedIn) -> Kept[Leak]:
        """Of the secret whose value has this print, or one that begins so with 16 characters."""
        found = by_print(print.strip().lower(), self._running.store)
        if found is None or not may(by, Act.LOOK, found[0].environment):
            raise NotFoundError("no value of a kept secret has this print", remedy=SECRETS)
        secret, version = found
        return await self._open(secret, replace(asked, versions=(version,)), by)

    async def open_by_value(self, value: bytes, asked: Asked, by: SignedIn) -> Kept[Leak]:
        """Of the secret that has this value. It is compared and not kept."""
        return await self.open_by_print(self._secrets.printed(usable(value)), asked, by)

    async def take(self, id: str, step: Step, by: SignedIn, *, folders: Sequence[str] = ()) -> Leak:
        """Take a step that Clawband can take. Raises `InputError` for one that it cannot."""
        kept = self._mine(id, by)
        _refuse_elsewhere(folders, by)
        if step is Step.CONTAIN:
            return await self._contain(kept, by)
        if step is Step.ROTATE:
            return await self._rotate(kept, by)
        if step is Step.PROVE:
            raise InputError(
                "only the end of the value itself proves it dead",
                remedy="rotate it; or close the run with `--accept` and the reason",
            )
        if folders:
            await self._change(id, lambda each: _looked(each, folders))
        return await self._automatic(id, (step,), by.name)

    async def mark(self, id: str, said: Came, by: SignedIn) -> Leak:
        """Somebody took a step by hand, and says what came of it."""
        kept = self._mine(id, by)
        if said.step is Step.PROVE:
            raise InputError(
                "a value is not dead because somebody says so",
                remedy="rotate it; or close the run with `--accept` and the reason",
            )
        if not said.says.strip():
            raise InputError("expected what came of it, in words", remedy="say it")
        leak, unit = came(kept, (said,), self._doing(by.name))
        await self._running.commit(unit)
        return leak

    async def assign(self, id: str, step: Step, owner: str, by: SignedIn) -> Leak:
        leak, unit = assigned(self._mine(id, by), step, owner, self._doing(by.name))
        await self._running.commit(unit)
        return leak

    async def close(self, id: str, by: SignedIn, accepted: str = "") -> Leak:
        """Raises `ConflictError` while the value was not seen dead and no reason is given."""
        await self._settle(id)
        kept, doing = self._mine(id, by), self._doing(by.name)
        leak, unit = closed(kept, accepted, self._running.store, doing)
        await self._running.commit(unit)
        return leak

    async def tick(self) -> None:
        """Once in a while: carry every open run on, as far as nobody is needed."""
        for kept in running(self._running.store):
            left = [each.step for each in self._steps.left(kept.value)]
            if left and kept.id not in self._carried:
                await self._automatic(kept.id, left, "")
            await self._settle(kept.id)

    async def _open(self, secret: Secret, asked: Asked, by: SignedIn) -> Kept[Leak]:
        require(by, Act.ROTATE, secret.environment)
        _refuse_elsewhere(asked.folders, by)
        new, unit = open_(secret, asked, self._running.store, self._doing(by.name))
        await self._running.commit(unit)
        return LEAK.get(new, self._running.store)

    async def _automatic(self, id: str, steps: Sequence[Step], by: str) -> Leak:
        """Take these steps, and record them as they come."""
        self._carried.add(id)
        try:
            leak = LEAK.get(id, self._running.store, LIST).value
            for step in steps:
                told = await self._steps.take(step, leak)
                leak = await self._change(
                    id,
                    lambda each, told=told: came(each, (told,), self._doing(by)),  # type: ignore[misc]
                )
            return leak
        finally:
            self._carried.discard(id)

    async def _contain(self, kept: Kept[Leak], by: SignedIn) -> Leak:
        secret = SECRET.get(kept.value.secret, self._running.store, SECRETS)
        doing = self._doing(by.name)
        told = self._steps.contained(secret.value)
        leak, unit = came(kept, (told,), doing)
        held = contain(leak, secret, replace(doing, entropy=doing.entropy[32:]))
        # In one unit: nobody is lent it, and the run says so.
        both = Unit([*unit.events, *held.events], [*unit.changes, *held.changes])
        await self._running.commit(both)
        return leak

    async def _rotate(self, kept: Kept[Leak], by: SignedIn) -> Leak:
        begun = await self._rotations.begin(kept.value.secret, by, at_once=True)
        # A crash here leaves a rotation that the run does not name; its end is seen all the same.
        await self._change(kept.id, lambda each: _rotating(each, begun.id))
        return await self._settle(kept.id)

    async def _settle(self, id: str) -> Leak:
        """What the rotation and the versions say by now."""
        leak = LEAK.get(id, self._running.store, LIST).value
        told = () if leak.closed else await self._steps.settled(leak)
        if not told:
            return leak
        return await self._change(id, lambda each: came(each, told, self._doing("")))

    async def _change(self, id: str, how: Callable[[Kept[Leak]], tuple[Leak, Unit]]) -> Leak:
        """Again when somebody else changed the run in the same moment."""
        for _ in range(TRIES):
            leak, unit = how(LEAK.get(id, self._running.store, LIST))
            try:
                await self._running.commit(unit)
            except ConflictError:
                continue
            return leak
        raise ConflictError(f"the leak `{id}` is being changed", remedy="try again")

    def _mine(self, id: str, by: SignedIn) -> Kept[Leak]:
        kept = self.get(id, by)
        require(by, Act.ROTATE, kept.value.environment)
        return kept

    def _doing(self, by: str) -> Doing:
        return Doing(by=by, now=self._running.now(), entropy=self._running.entropy())


def _refuse_elsewhere(folders: Sequence[str], by: SignedIn) -> None:
    """A folder of this machine is of no environment: who sets a value and has it looked for could
    guess, letter by letter, what the files of another one hold."""
    if folders:
        require(by, Act.ROTATE)


def _looked(kept: Kept[Leak], folders: Sequence[str]) -> tuple[Leak, Unit]:
    leak = replace(kept.value, folders=tuple(dict.fromkeys((*kept.value.folders, *folders))))
    return leak, Unit([], [LEAK.replace(kept, leak)])


def _rotating(kept: Kept[Leak], rotation: str) -> tuple[Leak, Unit]:
    leak = replace(kept.value, rotation=rotation)
    return leak, Unit([], [LEAK.replace(kept, leak)])
