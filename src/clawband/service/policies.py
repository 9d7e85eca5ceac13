"""The policy set in force."""

import asyncio
from collections.abc import Mapping

from clawband.flows import alone, publish
from clawband.flows.authority import require
from clawband.identity.roles import Act
from clawband.model.errors import ConflictError, Error, InputError
from clawband.model.person import SignedIn
from clawband.policy.compare import unguards, widens
from clawband.policy.sets import PolicySet
from clawband.ports.unit import Unit, joined
from clawband.service.running import Running

NEVER = "no policy set was ever published"


class Policies:
    """Holds the active set; None permits nothing, and `problem` says why there is none."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._changing = asyncio.Lock()
        self.active: PolicySet | None = None
        self.problem = ""
        self.ever = False
        """Whether a set was ever published, also one that cannot be read any more."""

    def load(self) -> None:
        """Read the set that was active last; a broken one leaves nothing in force."""
        try:
            self.active = publish.in_force(
                self._running.store, self._running.shelf, self._running.catalogue
            )
            self.ever = self.active is not None
            self.problem = "" if self.active else NEVER
        except Error as error:
            self.active, self.ever = None, True
            self.problem = str(error)

    async def publish(self, files: Mapping[str, str], by: SignedIn, note: str = "") -> PolicySet:
        """Validate and activate. Raises `InputError` with every problem; the record has it too.

        Raises `ConflictError` where it takes two people.
        """
        require(by, Act.PUBLISH)
        return await self.publish_as(files, by.name, note, asker=by)

    async def publish_as(
        self, files: Mapping[str, str], by: str, note: str, *, asker: SignedIn | None = None
    ) -> PolicySet:
        """Publish for a person whose right was checked, or for the machine's own set-up.

        `asker`: somebody whom the deployment may want to be two.
        """
        async with self._changing:
            now, entropy = self._running.now(), self._running.entropy()
            try:
                built, unit = await asyncio.to_thread(
                    publish.publish, files, by, note,
                    shelf=self._running.shelf, catalogue=self._running.catalogue,
                    now=now, entropy=entropy,
                )  # fmt: skip
            except InputError as problem:
                event = publish.refused(problem, by, now=now, entropy=entropy)
                await self._running.commit(Unit([event]))
                raise
            if asker:
                await self._refuse_alone(built, "publish DIR", asker)
            return await self._take(built, unit)

    async def keep(self, files: Mapping[str, str]) -> PolicySet:
        """Validate a set and keep it, without activating it. Raises `InputError`."""
        running = self._running
        return await asyncio.to_thread(publish.keep, files, running.shelf, running.catalogue)

    async def activate(self, digest: str, base: str, by: str, note: str, also: Unit) -> PolicySet:
        """Put a kept set in force, in one unit with `also`, if `base` is still what it replaces."""
        async with self._changing:
            if base != (self.active.digest if self.active else ""):
                raise ConflictError(
                    "another policy set came into force since this was proposed",
                    remedy="propose it again; nothing was changed",
                )
            built, unit = await asyncio.to_thread(
                publish.activate, digest, by, note,
                shelf=self._running.shelf, catalogue=self._running.catalogue,
                now=self._running.now(), entropy=self._running.entropy(),
            )  # fmt: skip
            return await self._take(built, joined(also, unit))

    async def roll_back(self, by: SignedIn) -> PolicySet:
        """Go back to the set before this one."""
        require(by, Act.PUBLISH)
        async with self._changing:
            restored, unit = publish.roll_back(
                by.name, ledger=self._running.store, shelf=self._running.shelf,
                catalogue=self._running.catalogue,
                now=self._running.now(), entropy=self._running.entropy(),
            )  # fmt: skip
            await self._refuse_alone(restored, "rollback", by)
            return await self._take(restored, unit)

    async def _refuse_alone(self, wanted: PolicySet, how: str, by: SignedIn) -> None:
        """The first set of all is one person's: nothing runs on what there is not yet, and in a new
        deployment there is nobody else."""
        if not self.ever:
            return
        running, controlled = self._running, self._running.people.dual_control
        acts = ["publish"]
        if "widen" in controlled and await asyncio.to_thread(widens, self.active, wanted):
            acts.append("widen")
        if "switch-off" in controlled and unguards(self.active, wanted):
            acts.append("switch-off")
        for act in acts:
            alone.refuse(
                act, how, by,
                controlled=controlled, documents=running.store, now=running.now(),
            )  # fmt: skip

    async def _take(self, built: PolicySet, unit: Unit) -> PolicySet:
        await self._running.commit(unit)
        self.active, self.problem, self.ever = built, "", True
        return built
