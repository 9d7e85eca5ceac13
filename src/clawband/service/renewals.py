"""The certificates that doors show: made, kept, and renewed before they end."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from clawband.flows import certificates
from clawband.flows.accounts import Doing
from clawband.flows.certificates import CERTIFICATE
from clawband.flows.kept import Kept
from clawband.model.certificate import ACME, FILES, OWN, Certificate, Use
from clawband.model.errors import Error, InputError, NotFoundError, UnavailableError
from clawband.model.secret import OWN as OWN_VAULT
from clawband.model.tls import CertificateSettings
from clawband.ports.doors import Shown
from clawband.ports.vault import Vault
from clawband.service.running import Running
from clawband.service.tls import Tls

CLOCK = "clawband"
"""Who renews by the clock."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=12)
_LEAF = b"-----BEGIN CERTIFICATE-----"
_log = logging.getLogger("clawband.certificates")


@dataclass(frozen=True, slots=True)
class Failing:
    """Since its last success: why, when it is tried again, and how long that was put off."""

    why: str
    again: datetime
    wait: timedelta


class Renewals:
    """What is shown stays shown until another one is kept and was checked. Used in the loop."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._shown: dict[str, Shown] = {}
        self._failing: dict[str, Failing] = {}
        self._one_at_a_time = asyncio.Lock()

    @property
    def failing(self) -> Mapping[str, Failing]:
        """By name."""
        return self._failing

    @property
    def tls(self) -> Tls:
        """Raises `NotFoundError` where no certificate is asked for."""
        if self._running.tls is None:
            raise NotFoundError(
                "no certificate is asked for", remedy="write `[[certificate]]` or `[link]`"
            )
        return self._running.tls

    def named(self, name: str) -> Shown:
        """Raises `UnavailableError`."""
        shown = self._shown.get(name)
        if shown is None:
            why = self._failing[name].why if name in self._failing else "nobody asked for it"
            raise UnavailableError(
                f"there is no certificate `{name[:40]}`: {why}",
                remedy="look at `clawband certificate list`",
            )
        return shown

    async def load(self) -> None:
        """What is kept, before any door opens; our own authority signs what is missing."""
        for wanted in self._running.tls.wanted if self._running.tls else ():
            await self._load(wanted)
            if wanted.issuer == ACME and wanted.name not in self._shown:
                # Until theirs is there; who trusts only them is refused, as without any.
                await self._show(wanted, await self._own(wanted), CLOCK, issuer=OWN)
            elif wanted.issuer != ACME:
                await self._keep_up(wanted)

    async def tick(self) -> None:
        """Renew what is due."""
        for wanted in self._running.tls.wanted if self._running.tls else ():
            await self._keep_up(wanted)

    async def renew(self, name: str, by: str) -> Certificate:
        """Now, whatever its time. Raises what the issuer raises."""
        wanted = next((each for each in self.tls.wanted if each.name == name), None)
        if wanted is None:
            raise NotFoundError(
                f"there is no certificate `{name[:40]}` in the settings", remedy=certificates.LIST
            )
        if wanted.issuer == FILES:
            raise InputError(
                f"the certificate `{name}` is in files that somebody else keeps",
                remedy="renew it there: it is taken within a minute",
            )
        return await self._renew(wanted, by)

    async def _load(self, wanted: CertificateSettings) -> None:
        kept = self._kept(wanted)
        if kept is None or not kept.value.version:
            return
        try:
            read, number = self._vault.read, kept.value.version
            pem = await asyncio.to_thread(read, _place(wanted), number)
            cut = pem.index(_LEAF)
            shown = Shown(pem[cut:], pem[:cut])
            facts = self.tls.papers.facts(shown, self._running.now())
            if set(facts.names) == set(wanted.names):
                self._shown[wanted.name] = shown
        except (Error, ValueError) as error:
            # Another one is made at once: a door without any lets nobody in.
            _log.warning("the certificate `%s` that is kept is not shown: %s", wanted.name, error)

    async def _keep_up(self, wanted: CertificateSettings) -> None:
        """Renew it if it is time. What goes wrong is told, and tried again later and later."""
        failing = self._failing.get(wanted.name)
        if failing and self._running.now() < failing.again:
            return
        try:
            if wanted.issuer == FILES:
                await self._take(wanted)
            elif self._due(wanted):
                await self._renew(wanted, CLOCK)
            self._failing.pop(wanted.name, None)
        except Error as error:
            self._fail(wanted, error)

    def _due(self, wanted: CertificateSettings) -> bool:
        kept = self._kept(wanted)
        return (
            wanted.name not in self._shown
            or kept is None
            or kept.value.issuer != wanted.issuer
            or self._running.now() >= certificates.renewal(kept.value.facts)
        )

    async def _take(self, wanted: CertificateSettings) -> None:
        files = self.tls.papers.files
        shown = await asyncio.to_thread(files, wanted.chain_file, wanted.key_file)
        if shown != self._shown.get(wanted.name):
            await self._show(wanted, shown, CLOCK)

    async def _renew(self, wanted: CertificateSettings, by: str) -> Certificate:
        """Kept first, then named, then shown: what a crash leaves is whole."""
        async with self._one_at_a_time:
            signed = self._theirs if wanted.issuer == ACME else self._own
            shown, before = await signed(wanted), self._kept(wanted)
            self.tls.papers.facts(shown, self._running.now())
            write, place = self._vault.write, _place(wanted)
            number = await asyncio.to_thread(write, place, shown.key + shown.chain)
            made = await self._show(wanted, shown, by, version=number)
            if before and before.value.version:
                await asyncio.to_thread(self._vault.drop, place, before.value.version)
        self._failing.pop(wanted.name, None)
        return made

    async def _own(self, wanted: CertificateSettings) -> Shown:
        now = self._running.now()
        until = now + certificates.SERVER_LIFE
        return await asyncio.to_thread(self.tls.authority.server, wanted.names, until, now)

    async def _theirs(self, wanted: CertificateSettings) -> Shown:
        if self.tls.acme is None:
            raise InputError(
                f"the certificate `{wanted.name}` wants ACME, and there is no `[acme]`",
                remedy="name its `directory` in `clawband.toml`",
            )
        return await self.tls.acme.server(wanted.names)

    async def _show(
        self, wanted: CertificateSettings, shown: Shown, by: str,
        *, version: int = 0, issuer: str = "",
    ) -> Certificate:  # fmt: skip
        """Recorded, and then shown."""
        running = self._running
        made = Certificate(
            name=wanted.name, use=Use.SERVER, issuer=issuer or wanted.issuer, by=by,
            version=version, facts=self.tls.papers.facts(shown, running.now()),
        )  # fmt: skip
        kept = self._kept(wanted)
        if kept is None or kept.value.facts != made.facts:
            doing = Doing(by=by, now=running.now(), entropy=running.entropy())
            await running.commit(certificates.shown(made, doing, running.store))
        self._shown[wanted.name] = shown
        return made

    def _fail(self, wanted: CertificateSettings, error: Error) -> None:
        before = self._failing.get(wanted.name)
        wait = min(before.wait * 2, LONGEST_WAIT) if before else FIRST_WAIT
        again = self._running.now() + wait
        self._failing[wanted.name] = Failing(str(error), again, wait)

    def _kept(self, wanted: CertificateSettings) -> Kept[Certificate] | None:
        return CERTIFICATE.find(f"{Use.SERVER}/{wanted.name}", self._running.store)

    @property
    def _vault(self) -> Vault:
        return self._running.vaults[OWN_VAULT]


def _place(wanted: CertificateSettings) -> str:
    """No secret can have such a name, so none shares its place in the vault."""
    return f"Certificate::{wanted.name}"
