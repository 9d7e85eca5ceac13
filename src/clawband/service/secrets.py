"""Secrets for people who keep them, and their values for the parts of Clawband that use them."""

import asyncio
from collections.abc import Callable, Sequence

from clawband.flows import secrets
from clawband.flows.accounts import Doing
from clawband.flows.authority import may, require, require_some
from clawband.flows.kept import Kept
from clawband.flows.secrets import SECRET
from clawband.identity.roles import Act
from clawband.model.errors import InputError, NotFoundError
from clawband.model.person import SignedIn
from clawband.model.secret import OWN, Secret
from clawband.ports.vault import NEWEST
from clawband.service.following import Following, vault_of
from clawband.service.running import Running


class Secrets:
    """A value is written first and then named: a crash in between leaves one that nobody names.

    Vaults may be far away, so each is asked in a thread.
    """

    def __init__(self, running: Running) -> None:
        self._running, self.following = running, Following(running)

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

        Raises what `Following.refresh` says.
        """
        kept = self._kept(name, by)
        await self.following.refresh(kept, self._doing(by, kept.value.environment))
        return self.get(name, by)

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
        vault = vault_of(secret, self._running)
        value = await asyncio.to_thread(vault.read, secret.place, wanted)
        self._running.masking.learn(secret.name, value)
        return value

    async def write(self, secret: Secret, value: bytes) -> int:
        """Durable, and named by nobody yet. Its number."""
        self._running.masking.learn(secret.name, value)
        return await asyncio.to_thread(vault_of(secret, self._running).write, secret.place, value)

    def refuse_read_only(self, secret: Secret) -> None:
        """Raises `InputError` where nothing can be written: before anybody makes a new value."""
        for each in self._running.keeping.settings.vaults:
            if each.name == secret.vault and not each.writable:
                raise InputError(
                    f"the vault `{each.name}` of `{secret.name}` is only read from",
                    remedy=f"change it there, then `clawband secret refresh {secret.name}`",
                )

    async def drop(self, secret: Secret, number: int) -> None:
        await asyncio.to_thread(vault_of(secret, self._running).drop, secret.place, number)

    def printed(self, value: bytes) -> str:
        return secrets.printed(value, self._running.prints)

    def _within(self, secret: Secret) -> None:
        """A vault of one environment serves no other: whoever adds a secret there could have
        another's value by naming its place."""
        vault_of(secret, self._running)
        for each in self._running.keeping.settings.vaults:
            if each.name == secret.vault and each.environment != secret.environment:
                raise InputError(
                    f"the vault `{each.name}` is for {each.environment}, `{secret.name}` of "
                    f"{secret.environment}",
                    remedy=f"name a vault for {secret.environment}",
                )

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
