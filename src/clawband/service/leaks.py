"""Leaks of kept secrets: opened by people or by what was seen, carried on, closed when proved."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from clawband.flows import leak as leaks
from clawband.flows.accounts import Doing
from clawband.flows.authority import may, require, require_some
from clawband.flows.kept import Kept
from clawband.flows.leak import LEAK, LIST, Asked, Came
from clawband.flows.rotate import ROTATION
from clawband.flows.secrets import LIST as SECRETS
from clawband.flows.secrets import SECRET, usable
from clawband.identity.roles import Act
from clawband.model.errors import ConflictError, InputError, NotFoundError
from clawband.model.leak import Copy, Leak, Step
from clawband.model.person import SignedIn
from clawband.model.secret import Secret
from clawband.openclaw import validation
from clawband.ports.unit import Unit
from clawband.service.leak_steps import Steps
from clawband.service.rotations import Rotations
from clawband.service.running import Running
from clawband.service.secrets import Secrets

TRIES = 5


class Leaks:
    """Steps that nobody has to take are taken as soon as a run is open, and again by `tick`, so
    that a crash leaves none out."""

    def __init__(self, running: Running, secrets: Secrets, rotations: Rotations) -> None:
        self._running, self._secrets, self._rotations = running, secrets, rotations
        self._steps = Steps(running, secrets)
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
        require(by, Act.ROTATE, secret.environment)
        return await self._open(secret, asked, by.name)

    async def open_by_print(self, print: str, asked: Asked, by: SignedIn) -> Kept[Leak]:
        """Of the secret whose value has this print, or one that begins so with 16 characters."""
        found = leaks.by_print(print.strip().lower(), self._running.store)
        if found is None or not may(by, Act.LOOK, found[0].environment):
            raise NotFoundError("no value of a kept secret has this print", remedy=SECRETS)
        secret, version = found
        require(by, Act.ROTATE, secret.environment)
        return await self._open(secret, replace(asked, versions=(version,)), by.name)

    async def open_by_value(self, value: bytes, asked: Asked, by: SignedIn) -> Kept[Leak]:
        """Of the secret that has this value. It is compared and not kept."""
        return await self.open_by_print(self._secrets.printed(usable(value)), asked, by)

    async def seen(self, name: str, raw: bytes, copy: Copy) -> None:
        """A value of this secret may stand where it must not be: if it is alive, a run is opened
        at once, or the place is added to the one that is open."""
        kept, secret = self._running_of(name), SECRET.find(name, self._running.store)
        if secret is None or (kept and any(each.where == copy.where for each in kept.value.copies)):
            return
        if versions := await self._steps.standing(secret.value, raw):
            await self._seen(name, versions, copy)

    def not_of(self, gateway: str, names: Iterable[str]) -> Sequence[str]:
        """Those of the secrets that this gateway is not given."""
        kept = ((each, SECRET.find(each, self._running.store)) for each in names)
        return [name for name, each in kept if each and gateway not in each.value.gateways]

    async def found(self, value: bytes, where: str, by: SignedIn) -> str:
        """A scan found this value: the name of the secret that it is of, empty when it is none.

        Who looks there may tell of it, programs too: they have the value in hand.
        """
        found = leaks.by_print(self._secrets.printed(usable(value)), self._running.store)
        if found is None or not may(by, Act.LOOK, found[0].environment):
            return ""
        secret, version = found
        if any(each.number == version for each in secret.alive):
            place = validation.name(where.strip(), "the place", required=True)
            copy = Copy(where=place, seen=self._running.now())
            await self._seen(secret.name, (version,), copy, f"a scan by {by.name}")
        return secret.name

    async def _seen(
        self, name: str, versions: tuple[int, ...], copy: Copy, who: str = "Clawband"
    ) -> None:
        for _ in range(TRIES):
            store, doing = self._running.store, self._doing("")
            kept, secret = self._running_of(name), SECRET.find(name, store)
            if secret is None:
                return
            if kept:
                unit = leaks.seen(kept, copy, doing)
            else:
                how = f"{who} saw the kept value in plain text: {copy.where}"
                asked = Asked(how=how, versions=versions)
                _, unit = leaks.open_(secret.value, asked, store, doing, (copy,))
            if unit is None:
                return
            try:
                await self._running.commit(unit)
            except ConflictError:
                continue  # it was seen somewhere else in the same moment
            return

    async def take(self, id: str, step: Step, by: SignedIn, *, folders: Sequence[str] = ()) -> Leak:
        """Take a step that Clawband can take. Raises `InputError` for one that it cannot."""
        kept = self._mine(id, by)
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

    async def mark(self, id: str, came: Came, by: SignedIn) -> Leak:
        """Somebody took a step by hand, and says what came of it."""
        kept = self._mine(id, by)
        if came.step is Step.PROVE:
            raise InputError(
                "a value is not dead because somebody says so",
                remedy="rotate it; or close the run with `--accept` and the reason",
            )
        if not came.says.strip():
            raise InputError("expected what came of it, in words", remedy="say it")
        leak, unit = leaks.came(kept, (came,), self._doing(by.name))
        await self._running.commit(unit)
        return leak

    async def assign(self, id: str, step: Step, owner: str, by: SignedIn) -> Leak:
        leak, unit = leaks.assigned(self._mine(id, by), step, owner, self._doing(by.name))
        await self._running.commit(unit)
        return leak

    async def close(self, id: str, by: SignedIn, accepted: str = "") -> Leak:
        """Raises `ConflictError` while the value was not seen dead and no reason is given."""
        await self._settle(id)
        kept, doing = self._mine(id, by), self._doing(by.name)
        leak, unit = leaks.closed(kept, accepted, self._running.store, doing)
        await self._running.commit(unit)
        return leak

    async def tick(self) -> None:
        """Once in a while: carry every open run on, as far as nobody is needed."""
        for kept in leaks.running(self._running.store):
            left = [each.step for each in self._steps.left(kept.value)]
            if left and kept.id not in self._carried:
                await self._automatic(kept.id, left, "")
            await self._settle(kept.id)

    async def _open(self, secret: Secret, asked: Asked, by: str) -> Kept[Leak]:
        new, unit = leaks.open_(secret, asked, self._running.store, self._doing(by))
        await self._running.commit(unit)
        return LEAK.get(new, self._running.store)

    async def _automatic(self, id: str, steps: Sequence[Step], by: str) -> Leak:
        """Take these steps, and record them as they come."""
        self._carried.add(id)
        try:
            leak = LEAK.get(id, self._running.store, LIST).value
            for step in steps:
                came = await self._steps.take(step, leak)
                leak = await self._change(
                    id,
                    lambda each, came=came: leaks.came(each, (came,), self._doing(by)),  # type: ignore[misc]
                )
            return leak
        finally:
            self._carried.discard(id)

    async def _contain(self, kept: Kept[Leak], by: SignedIn) -> Leak:
        secret = SECRET.get(kept.value.secret, self._running.store, SECRETS)
        doing = self._doing(by.name)
        came = self._steps.contained(kept.value, secret.value)
        leak, unit = leaks.came(kept, (came,), doing)
        held = leaks.contain(leak, secret, replace(doing, entropy=doing.entropy[32:]))
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
        store = self._running.store
        leak = LEAK.get(id, store, LIST).value
        if leak.closed:
            return leak
        rotation = ROTATION.find(leak.rotation, store) if leak.rotation else None
        secret = SECRET.find(leak.secret, store)
        came = await self._steps.settled(
            leak, secret.value if secret else None, rotation.value if rotation else None
        )
        if not came:
            return leak
        return await self._change(id, lambda each: leaks.came(each, came, self._doing("")))

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

    def _running_of(self, name: str) -> Kept[Leak] | None:
        known = leaks.OPEN.find(name, self._running.store)
        return LEAK.find(known.value.id, self._running.store) if known else None

    def _mine(self, id: str, by: SignedIn) -> Kept[Leak]:
        kept = self.get(id, by)
        require(by, Act.ROTATE, kept.value.environment)
        return kept

    def _doing(self, by: str) -> Doing:
        return Doing(by=by, now=self._running.now(), entropy=self._running.entropy())


def _looked(kept: Kept[Leak], folders: Sequence[str]) -> tuple[Leak, Unit]:
    leak = replace(kept.value, folders=tuple(dict.fromkeys((*kept.value.folders, *folders))))
    return leak, Unit([], [LEAK.replace(kept, leak)])


def _rotating(kept: Kept[Leak], rotation: str) -> tuple[Leak, Unit]:
    leak = replace(kept.value, rotation=rotation)
    return leak, Unit([], [LEAK.replace(kept, leak)])
