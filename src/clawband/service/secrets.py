"""Secrets for people who keep them, and their values for the parts of Clawband that use them."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from clawband.flows import secrets
from clawband.flows.accounts import Doing
from clawband.flows.authority import may, require, require_some
from clawband.flows.kept import Kept
from clawband.flows.rotate import OF_SECRET
from clawband.flows.secrets import SECRET
from clawband.identity.roles import Act
from clawband.model.errors import Error, InputError, NotFoundError
from clawband.model.person import SignedIn
from clawband.model.secret import OWN, Secret
from clawband.ports.vault import NEWEST, Vault
from clawband.service.running import Running

WRITTEN = ("openbao",)
IN_PLACE = ("environment", "files")
"""Kinds of vaults whose one version changes where it stands."""


class Secrets:
    """A value is written first and then named: a crash in between leaves one that nobody names.

    Vaults may be far away, so each is asked in a thread.
    """

    def __init__(self, running: Running) -> None:
        self._running = running

    def listed(self, by: SignedIn) -> Sequence[Secret]:
        """Those of the environments that they may look at, by name."""
        require_some(by, Act.LOOK)
        found = (each.value for each in SECRET.all(self._running.store))
        return [each for each in found if may(by, Act.LOOK, each.environment)]

    def get(self, name: str, by: SignedIn) -> Secret:
        """Raises `NotFoundError` also for one that they may not know of."""
        return self._found(name, by).value

    async def add(self, asked: Secret, by: SignedIn) -> Secret:
        doing = self._doing(by, asked.environment)
        self._within(asked)
        secret, unit = secrets.add(asked, doing)
        await self._running.commit(unit)
        if secret.vault == OWN:
            return secret
        try:
            return await self.refresh(secret.name, by)
        except NotFoundError:
            return secret

    async def change(self, name: str, how: Callable[[Secret], Secret], by: SignedIn) -> Secret:
        """`how` makes of the secret as it is what it should be."""
        kept = self._kept(name, by)
        doing = self._doing(by, kept.value.environment)
        secret, unit = secrets.change(kept, how(kept.value), doing)
        await self._running.commit(unit)
        return secret

    async def put(self, name: str, value: bytes, by: SignedIn) -> Secret:
        """A new current value; the one before it stays where it was issued until it is ended. The
        value that is current already changes nothing."""
        kept = self._kept(name, by)
        doing = self._doing(by, kept.value.environment)
        current, fresh = kept.value.current, self.printed(secrets.usable(value))
        if current and current.print == fresh:
            return kept.value
        number = await self.write(kept.value, value)
        secret, unit = secrets.take(kept, number, fresh, doing)
        await self._running.commit(unit)
        return secret

    async def refresh(self, name: str, by: SignedIn) -> Secret:
        """The value that its vault has by now is current, whoever wrote it there.

        Raises `NotFoundError` when there is none, and what a vault raises.
        """
        kept = self._kept(name, by)
        doing = self._doing(by, kept.value.environment)
        found = await asyncio.to_thread(self._newest, kept.value)
        if found is None:
            raise NotFoundError(
                f"the vault `{kept.value.vault}` has no value for `{name}`",
                remedy="put it there, or correct the place of the secret",
            )
        number, value = found
        unit = secrets.follow(kept, number, self.printed(value), doing)
        if unit:
            await self._running.commit(unit)
        return SECRET.get(name, self._running.store, secrets.LIST).value

    async def follow(self, name: str, seen: int) -> int:
        """Take what somebody else wrote into its vault, and have its gateways take it too. `seen`:
        what the last look returned. Where rotations write, one that is seen for the first time
        waits for the next look: it may be about to be named. Returns the number that waits; 0 for
        none."""
        kept = SECRET.get(name, self._running.store, secrets.LIST)
        secret = kept.value
        vault = self._vault(secret.vault)
        number = await asyncio.to_thread(vault.newest, secret.place)
        known = any(each.number == number for each in secret.versions)
        kind = self._kind(secret.vault)
        if not number or (known and kind not in IN_PLACE):
            return 0
        if self._rotates(name) or (kind in WRITTEN and number != seen):
            return number
        value = await asyncio.to_thread(vault.read, secret.place, number)
        doing = Doing(by="", now=self._running.now(), entropy=self._running.entropy())
        unit = secrets.follow(kept, number, self.printed(secrets.usable(value)), doing)
        if unit:
            self._running.masking.learn(name, value)
            await self._running.commit(unit)
            await self._tell(secret)
        return 0

    def _rotates(self, name: str) -> bool:
        """A rotation may have written a value that no issuer accepts yet, and not named it."""
        record = OF_SECRET.find(name, self._running.store)
        return bool(record and record.value.running)

    async def remove(self, name: str, by: SignedIn) -> None:
        """Nobody is given it from now on; its values in the own vault are destroyed."""
        kept = self._kept(name, by)
        await self._running.commit(secrets.remove(kept, self._doing(by, kept.value.environment)))
        if kept.value.vault == OWN:
            for each in kept.value.versions:
                await self.drop(kept.value, each.number)

    async def value(self, secret: Secret, number: int = NEWEST) -> bytes:
        """For the parts of Clawband that use it; without a number the current one. Who asks has
        decided before that the value may be had (`flows/lend.py`).

        Raises `NotFoundError` without a value, and what a vault raises.
        """
        current = secret.current
        if number == NEWEST and current is None:
            raise NotFoundError(
                f"`{secret.name}` has no value yet",
                remedy=f"set it with `clawband secret set {secret.name}`",
            )
        wanted = number or (current.number if current else NEWEST)
        vault = self._vault(secret.vault)
        value = await asyncio.to_thread(vault.read, secret.place, wanted)
        self._running.masking.learn(secret.name, value)
        return value

    async def write(self, secret: Secret, value: bytes) -> int:
        """Durable, and named by nobody yet. Its number."""
        self._running.masking.learn(secret.name, value)
        return await asyncio.to_thread(self._vault(secret.vault).write, secret.place, value)

    def refuse_read_only(self, secret: Secret) -> None:
        """Raises `InputError` where nothing can be written: before anybody makes a new value."""
        for each in self._running.keeping.settings.vaults:
            if each.name == secret.vault and not each.writable:
                raise InputError(
                    f"the vault `{each.name}` of `{secret.name}` is only read from",
                    remedy=f"change it there, then `clawband secret refresh {secret.name}`",
                )

    async def drop(self, secret: Secret, number: int) -> None:
        await asyncio.to_thread(self._vault(secret.vault).drop, secret.place, number)

    def printed(self, value: bytes) -> str:
        return secrets.printed(value, self._running.prints)

    def _newest(self, secret: Secret) -> tuple[int, bytes] | None:
        """Asked for first: where values are lent for a time, that makes the first one."""
        vault = self._vault(secret.vault)
        try:
            vault.read(secret.place, NEWEST)
        except NotFoundError:
            return None
        number = vault.newest(secret.place)
        value = secrets.usable(vault.read(secret.place, number))
        self._running.masking.learn(secret.name, value)
        return number, value

    async def _tell(self, secret: Secret) -> None:
        """A gateway that is away asks when it is back."""
        for name in secret.gateways:
            control = self._running.controls.get(name)
            if control:
                with suppress(Error):
                    await asyncio.to_thread(control.reload_secrets)

    def _within(self, secret: Secret) -> None:
        """A vault of one environment serves no other: whoever adds a secret there could have
        another's value by naming its place."""
        self._vault(secret.vault)
        for each in self._running.keeping.settings.vaults:
            if each.name == secret.vault and each.environment != secret.environment:
                raise InputError(
                    f"the vault `{each.name}` is for {each.environment}, `{secret.name}` of "
                    f"{secret.environment}",
                    remedy=f"name a vault for {secret.environment}",
                )

    def _kind(self, vault: str) -> str:
        named = self._running.keeping.settings.vaults
        return next((each.kind for each in named if each.name == vault), OWN)

    def _kept(self, name: str, by: SignedIn) -> Kept[Secret]:
        """For a change: who may make none is told that first."""
        require_some(by, Act.KEEP_SECRETS)
        return self._found(name, by)

    def _found(self, name: str, by: SignedIn) -> Kept[Secret]:
        found = SECRET.find(name, self._running.store)
        if found is None or not may(by, Act.LOOK, found.value.environment):
            raise NotFoundError(f"there is no secret `{name[:60]}`", remedy=secrets.LIST)
        return found

    def _doing(self, by: SignedIn, where: str) -> Doing:
        require(by, Act.KEEP_SECRETS, where)
        return Doing(by=by.name, now=self._running.now(), entropy=self._running.entropy())

    def _vault(self, name: str) -> Vault:
        try:
            return self._running.vaults[name]
        except KeyError as error:
            known = ", ".join(sorted(self._running.vaults)) or "none"
            raise InputError(
                f"there is no vault `{name[:40]}`, expected one of {known}",
                remedy="name it under `[[vault]]` of `clawband.toml`",
            ) from error
