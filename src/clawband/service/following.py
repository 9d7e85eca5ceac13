"""What others write into a vault becomes the current value here, and its gateways take it."""

import asyncio
from contextlib import suppress

from clawband.flows import secrets
from clawband.flows.accounts import Doing
from clawband.flows.kept import Kept
from clawband.flows.rotate import OF_SECRET
from clawband.flows.secrets import SECRET
from clawband.model.errors import ConflictError, Error, InputError, NotFoundError
from clawband.model.secret import OWN, Secret
from clawband.ports.vault import NEWEST, Vault
from clawband.service.running import Running

WRITTEN = ("openbao",)
"""Kinds of vaults that rotations write into."""
IN_PLACE = ("environment", "files")
"""Kinds of vaults whose one version changes where it stands."""


class Following:
    """Who may ask was decided before."""

    def __init__(self, running: Running) -> None:
        self._running = running

    async def refresh(self, kept: Kept[Secret], doing: Doing) -> None:
        """Take what its vault has by now, whoever wrote it there.

        Raises `NotFoundError` when there is none, `ConflictError` while a rotation may have
        written it, and what a vault raises.
        """
        if self._rotates(kept.id):
            raise ConflictError(
                f"`{kept.id}` is being rotated", remedy="try again when the rotation has ended"
            )
        number, value = await asyncio.to_thread(self._newest, kept.value)
        await self._take(kept, number, value, doing)

    async def follow(self, name: str, seen: int) -> int:
        """Take it by itself. `seen`: what the last look returned. Where rotations write, one that
        is seen for the first time waits for the next look: it may be about to be named. Returns
        the number that waits; 0 for none."""
        kept = SECRET.get(name, self._running.store, secrets.LIST)
        secret, vault = kept.value, vault_of(kept.value, self._running)
        number = await asyncio.to_thread(vault.newest, secret.place)
        known = any(each.number == number for each in secret.versions)
        kind = self._kind(secret.vault)
        if not number or (known and kind not in IN_PLACE):
            return 0
        if self._rotates(name) or (kind in WRITTEN and number != seen):
            return number
        value = await asyncio.to_thread(vault.read, secret.place, number)
        doing = Doing(by="", now=self._running.now(), entropy=self._running.entropy())
        await self._take(kept, number, value, doing)
        return 0

    async def _take(self, kept: Kept[Secret], number: int, value: bytes, doing: Doing) -> None:
        fresh = secrets.printed(secrets.usable(value), self._running.prints)
        unit = secrets.follow(kept, number, fresh, doing)
        if unit is None:
            return
        self._running.masking.learn(kept.id, value)
        await self._running.commit(unit)
        for name in kept.value.gateways:
            control = self._running.controls.get(name)
            if control:
                # One that is away asks when it is back.
                with suppress(Error):
                    await asyncio.to_thread(control.reload_secrets)

    def _newest(self, secret: Secret) -> tuple[int, bytes]:
        vault = vault_of(secret, self._running)
        try:
            # Asked for first: where values are lent for a time, that makes the first one.
            vault.read(secret.place, NEWEST)
        except NotFoundError as error:
            raise NotFoundError(
                f"the vault `{secret.vault}` has no value for `{secret.name}`",
                remedy="put it there, or correct the place of the secret",
            ) from error
        number = vault.newest(secret.place)
        return number, vault.read(secret.place, number)

    def _rotates(self, name: str) -> bool:
        """A rotation may have written a value that no issuer accepts yet, and not named it."""
        record = OF_SECRET.find(name, self._running.store)
        return bool(record and record.value.running)

    def _kind(self, vault: str) -> str:
        named = self._running.keeping.settings.vaults
        return next((each.kind for each in named if each.name == vault), OWN)


def vault_of(secret: Secret, running: Running) -> Vault:
    """Raises `InputError` for a vault that the settings do not name."""
    try:
        return running.vaults[secret.vault]
    except KeyError as error:
        known = ", ".join(sorted(running.vaults)) or "none"
        raise InputError(
            f"there is no vault `{secret.vault[:40]}`, expected one of {known}",
            remedy="name it under `[[vault]]` of `clawband.toml`",
        ) from error
