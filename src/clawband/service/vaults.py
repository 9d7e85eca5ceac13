"""The vaults as a whole: how they are, whether all is there, which key wraps our own."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clawband.flows import secrets
from clawband.flows.accounts import Doing
from clawband.flows.authority import may, require, require_some
from clawband.flows.secrets import SECRET
from clawband.identity.roles import Act
from clawband.model.errors import Error, InputError
from clawband.model.person import SignedIn
from clawband.model.secret import OWN, Secret, State
from clawband.model.vaults import VaultSettings
from clawband.ports.vault import Rewrapped, Wrapping
from clawband.service.running import Running
from clawband.service.secrets import Secrets

LEASED = "openbao-database"
SLOWLY = 12
"""Of the looks into other vaults, one in so many: only what is lent for a time is urgent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A vault. `environment` is empty for our own, which serves all."""

    name: str
    kind: str
    environment: str
    place: str
    writable: bool
    secrets: int
    problem: str = ""
    """Why it cannot be asked now; empty when it can."""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterStatus:
    """What wraps the own vault."""

    source: str
    id: str
    previous: str
    wrapped: Mapping[str, int]
    """How many versions each key wraps, by its id."""
    beside: bool
    """The key is in the state folder: whoever copies that folder has the values."""

    @property
    def behind(self) -> int:
        """Versions that another key wraps than the one of now."""
        return sum(self.wrapped.values()) - self.wrapped.get(self.id, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A version that may still open something. Without a problem its value is the one set."""

    secret: str
    environment: str
    vault: str
    version: int
    problem: str = ""
    remedy: str = ""


class Vaults:
    """Nothing here returns a value."""

    def __init__(self, running: Running, secrets: Secrets) -> None:
        self._running, self._secrets = running, secrets
        self._round = 0
        self._seen: dict[str, int] = {}

    async def listed(self, by: SignedIn) -> Sequence[Status]:
        """Our own first, then those that they may look at."""
        require_some(by, Act.LOOK)
        named = self._running.keeping.settings.vaults
        visible = [each for each in named if may(by, Act.LOOK, each.environment)]
        own = VaultSettings(name=OWN, kind=OWN, environment="")
        return await asyncio.gather(*(self._status(each) for each in (own, *visible)))

    async def master(self, by: SignedIn) -> MasterStatus:
        require_some(by, Act.LOOK)
        keeping, wrapping = self._running.keeping, self._wrapping()
        return MasterStatus(
            source=str(keeping.settings.master),
            id=wrapping.master,
            previous=str(keeping.settings.previous or ""),
            wrapped=await asyncio.to_thread(wrapping.wrapped),
            beside=keeping.beside,
        )

    async def check(self, by: SignedIn) -> Sequence[Checked]:
        """Read every value that may still open something, of the secrets that they may keep."""
        require_some(by, Act.KEEP_SECRETS)
        found = []
        for kept in SECRET.all(self._running.store):
            if may(by, Act.KEEP_SECRETS, kept.value.environment):
                found += [
                    await self._checked(kept.value, each.number, each.print)
                    for each in kept.value.versions
                    if each.state is not State.DEAD
                ]
        return found

    async def rewrap(self, by: SignedIn, *, again: bool = False) -> Rewrapped:
        """Raises `UnavailableError` when a key is out of reach; the next call goes on."""
        require(by, Act.KEEP_SECRETS)
        wrapping = self._wrapping()
        try:
            done = await asyncio.to_thread(lambda: wrapping.rewrap(again=again))
        except Error:
            unit = secrets.wrapped("interrupted", self._doing(by), master=wrapping.master)
            await self._running.commit(unit)
            raise
        unit = secrets.wrapped(
            "wrapped", self._doing(by), master=wrapping.master, changed=done.changed,
            damaged=done.damaged,
        )  # fmt: skip
        await self._running.commit(unit)
        return done

    async def tick(self) -> None:
        """Once in a while: keep alive what is lent, and take what others wrote. What one vault
        cannot tell now is asked again; the others are not held up."""
        self._round += 1
        kinds = {each.name: each.kind for each in self._running.keeping.settings.vaults}
        for kept in SECRET.all(self._running.store):
            kind = kinds.get(kept.value.vault)
            if kind == LEASED or (kind and self._round % SLOWLY == 1):
                try:
                    waits = await self._secrets.following.follow(
                        kept.id, self._seen.get(kept.id, 0)
                    )
                except Error:
                    continue  # its status says so
                self._seen[kept.id] = waits

    async def _status(self, given: VaultSettings) -> Status:
        vault = self._running.vaults[given.name]
        problem = remedy = ""
        try:
            await asyncio.to_thread(vault.reach)
        except Error as error:
            problem, remedy = error.message, error.remedy
        of = [each for each in SECRET.all(self._running.store) if each.value.vault == given.name]
        return Status(
            name=given.name,
            kind=given.kind,
            environment=given.environment,
            place=given.url or given.folder or given.prefix,
            writable=given.writable or given.name == OWN,
            secrets=len(of),
            problem=problem,
            remedy=remedy,
        )

    async def _checked(self, secret: Secret, number: int, print: str) -> Checked:
        problem = remedy = ""
        try:
            value = await self._secrets.value(secret, number)
            if secrets.printed(value, self._running.prints) != print:
                problem = "the vault has another value than the one that was set"
                remedy = f"look who wrote it, then `clawband secret refresh {secret.name}`"
        except Error as error:
            problem, remedy = error.message, error.remedy
        return Checked(
            secret=secret.name, environment=secret.environment, vault=secret.vault,
            version=number, problem=problem, remedy=remedy,
        )  # fmt: skip

    def _wrapping(self) -> Wrapping:
        if self._running.keeping.wrapping is None:
            raise InputError("there is no vault of our own here")
        return self._running.keeping.wrapping

    def _doing(self, by: SignedIn) -> Doing:
        return Doing(by=by.name, now=self._running.now(), entropy=self._running.entropy())
