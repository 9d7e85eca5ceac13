"""Certificates for people and gateways: listed, given, revoked, and warned of before they end."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clawband.flows import certificates
from clawband.flows.accounts import Doing
from clawband.flows.authority import require, require_some
from clawband.flows.certificates import CERTIFICATE
from clawband.flows.unguard import known
from clawband.identity.roles import Act
from clawband.model.certificate import FILES, OWN, Certificate, Facts, Use
from clawband.model.deployment import Gateway
from clawband.model.errors import UnavailableError
from clawband.model.person import SignedIn
from clawband.ports.doors import Shown
from clawband.service.renewals import CLOCK, Renewals
from clawband.service.running import Running
from clawband.service.tls import Tls

LOOK = timedelta(hours=6)
"""Between two looks at a server elsewhere."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A certificate, when we renew it (None for one that others renew), and what is wrong."""

    certificate: Certificate
    renewal: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Looked:
    """At a server elsewhere. `facts` are the last that were seen."""

    again: datetime
    facts: Facts | None
    problem: str


class Certificates:
    """Implements `ports.doors.Certificates`. Used in the loop."""

    def __init__(self, running: Running) -> None:
        self._running, self.renewals = running, Renewals(running)
        self._looked: dict[str, _Looked] = {}

    def of(self, door: str) -> Shown:
        tls = self._running.tls
        return self.renewals.named(tls.doors.get(door, "") if tls else "")

    async def tick(self) -> None:
        """Renew what is due, look at what others show, and warn."""
        running, tls = self._running, self._running.tls
        if tls is None:
            return
        await self.renewals.tick()
        await self._look(tls)
        doing = self._doing(CLOCK)
        everything = [each.certificate for each in self._all(tls)]
        warned = certificates.warnings(everything, running.store, doing)
        for unit in (warned, certificates.over(running.store, doing.now)):
            if unit.events or unit.changes:
                await running.commit(unit)

    def listed(self, by: SignedIn) -> Sequence[Listed]:
        """The one that ends first is the first."""
        require_some(by, Act.LOOK)
        found = self._all(self._running.tls) if self._running.tls else []
        return sorted(found, key=lambda each: each.certificate.facts.until)

    def due(self, by: SignedIn) -> Sequence[Listed]:
        """Those that end soon or have ended."""
        now = self._running.now()
        return [
            each for each in self.listed(by)
            if not each.certificate.revoked and now >= certificates.soon(each.certificate.facts)
        ]  # fmt: skip

    async def trust(self, by: SignedIn) -> str:
        """The root's certificate (PEM), which is no secret."""
        require_some(by, Act.LOOK)
        return await self.root()

    async def root(self) -> str:
        """For who has shown a certificate of ours."""
        return await asyncio.to_thread(self.renewals.tls.authority.root, self._running.now())

    async def give(self, gateway: str, request: str, days: int, by: SignedIn) -> str:
        """A certificate for a gateway on another host, with what leads to the root (PEM)."""
        require_some(by, Act.KEEP_SECRETS)
        found = known(gateway, self._running.store)
        require(by, Act.KEEP_SECRETS, found.environment)
        return await self._given(found, request, certificates.days(days), by.name)

    async def give_again(self, gateway: Gateway, request: str, serial: str) -> str:
        """To a gateway that shows a good one, before that ends."""
        was = self.bound(serial, gateway).facts
        life = min(was.until - was.made, timedelta(days=certificates.MOST_DAYS))
        return await self._given(gateway, request, life, f"gateway:{gateway.name}", serial)

    def bound(self, serial: str, gateway: Gateway) -> Certificate:
        """Raises `AuthenticationError` when it is not this gateway's, or counts no longer."""
        store, now = self._running.store, self._running.now()
        return certificates.bound(serial, gateway.name, store, now)

    async def renew(self, name: str, by: SignedIn) -> Certificate:
        """Of a door, now. What it shows goes on when that fails."""
        require(by, Act.ROTATE)
        return await self.renewals.renew(name, by.name)

    async def revoke(self, serial: str, why: str, by: SignedIn) -> None:
        """Of a gateway: it opens nothing from now on."""
        require_some(by, Act.KEEP_SECRETS)
        store = self._running.store
        kept = CERTIFICATE.get(f"{Use.GATEWAY}/{serial}", store, certificates.LIST)
        named = {each.name: each.environment for each in store.enrolled()}
        require(by, Act.KEEP_SECRETS, named.get(kept.value.name, ""))
        await self._running.commit(certificates.revoke(kept, why, self._doing(by.name), store))

    async def _given(
        self, gateway: Gateway, request: str, life: timedelta, by: str, after: str = ""
    ) -> str:
        now, tls, store = self._running.now(), self.renewals.tls, self._running.store
        was = CERTIFICATE.find(f"{Use.GATEWAY}/{after}", store) if after else None
        sign = tls.authority.gateway
        chain = await asyncio.to_thread(sign, gateway.name, request, now + life, now)
        made = Certificate(
            name=gateway.name, use=Use.GATEWAY, issuer=OWN, by=by, after=after,
            facts=tls.papers.certified(chain),
        )  # fmt: skip
        await self._running.commit(certificates.given(made, self._doing(by), was))
        return chain

    async def _look(self, tls: Tls) -> None:
        now = self._running.now()
        for host, port in tls.upstreams if tls.peers else ():
            name = f"{host}:{port}"
            before = self._looked.get(name)
            if before and now < before.again:
                continue
            try:
                assert tls.peers
                looked = _Looked(now + LOOK, await tls.peers.shown(host, port), "")
            except UnavailableError as error:
                looked = _Looked(now + LOOK, before.facts if before else None, error.message)
            self._looked[name] = looked

    def _all(self, tls: Tls) -> list[Listed]:
        found = list(self._kept({each.name for each in tls.wanted}))
        for name, facts in tls.authority.issuers().items():
            found.append(Listed(Certificate(name=name, use=Use.ISSUER, issuer=OWN, facts=facts)))
        for name, each in self._looked.items():
            if each.facts:
                seen = Certificate(name=name, use=Use.UPSTREAM, issuer="", facts=each.facts)
                found.append(Listed(seen, problem=each.problem))
        return found

    def _kept(self, names: set[str]) -> Sequence[Listed]:
        """Those of doors that the settings still name, and those of gateways."""
        failing = self.renewals.failing
        found = []
        for each in (kept.value for kept in CERTIFICATE.all(self._running.store)):
            if each.use is Use.GATEWAY:
                found.append(Listed(each, certificates.renewal(each.facts)))
            elif each.name in names:
                when = None if each.issuer == FILES else certificates.renewal(each.facts)
                why = failing[each.name].why if each.name in failing else ""
                found.append(Listed(each, when, why))
        return found

    def _doing(self, by: str) -> Doing:
        return Doing(by=by, now=self._running.now(), entropy=self._running.entropy())
