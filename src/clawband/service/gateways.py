"""Gateways under guard: who they are, whether they are alive, what they report."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clawband.enforcement import credentials
from clawband.flows import alone, observe, unguard
from clawband.flows.authority import require
from clawband.flows.enroll import enroll
from clawband.identity.roles import Act
from clawband.identity.session import stored
from clawband.model.deployment import Gateway
from clawband.model.errors import AuthenticationError, Error, InputError
from clawband.model.person import SignedIn
from clawband.openclaw import validation
from clawband.openclaw.reports import MAX_BATCH
from clawband.openclaw.sequence import Sequence as Numbers
from clawband.ports.unit import Unit, joined
from clawband.service.running import Running

SILENT_SECONDS = 15
"""Three heartbeats."""
FIRST_SECONDS = 180
"""What a gateway that was just enrolled may take until its first one."""
BOOTS = 64


@dataclass(slots=True)
class Presence:
    """What the last heartbeat said."""

    boot: str = ""
    seen: datetime | None = None
    versions: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    """Numbered events that never arrived, since this server started."""
    silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundaries:
    """How one gateway reaches the network and its models. All of it is secret."""

    proxy: str
    """For `proxy.proxyUrl`, with its password."""
    models: str
    """Before a provider's name and `/v1`, for `baseUrl`."""
    models_key: str
    """For `apiKey`."""
    door: str
    """The field in which its front door names people; its name is the secret."""


class Gateways:
    """Authentication, heartbeats, gaps and reports of gateways."""

    def __init__(self, running: Running, key: bytes) -> None:
        """`key`: 32 bytes from which the passwords at the boundaries are derived."""
        self._running, self._key = running, key
        self._numbers: OrderedDict[tuple[str, str], Numbers] = OrderedDict()
        self._started = running.now()
        self.presence: dict[str, Presence] = {}
        self.ours: Callable[[str, str], bool] = lambda _gateway, _run: False
        """Whether a run, by gateway and its own id, is a canary: what is reported of it is not an
        act of anybody."""
        self.agents: Callable[[Gateway], Sequence[str]] = lambda _gateway: ()
        """The principals that are known to be of a gateway."""

    def authenticate(self, authorization: str) -> Gateway:
        """The gateway whose credential this is. Raises `AuthenticationError`."""
        scheme, _, secret = authorization.partition(" ")
        found = None
        if scheme.lower() == "bearer" and secret:
            found = self._running.store.gateway(stored(secret.strip()))
        if found is None:
            raise AuthenticationError(
                "this gateway is not known here",
                remedy="enroll it with `clawband attach` and give its plugin the new credential",
            )
        return found

    async def enroll(self, name: str, environment: str, by: str) -> tuple[str, Gateway]:
        """The new credential and the gateway."""
        secret, gateway, unit = enroll(
            name, environment, by=by, now=self._running.now(), entropy=self._running.entropy()
        )
        await self._running.commit(unit)
        return secret, gateway

    async def enroll_as(self, name: str, environment: str, by: SignedIn) -> tuple[str, Gateway]:
        require(by, Act.ADMINISTER)
        return await self.enroll(name, environment, by.name)

    async def remove(self, name: str, reason: str, by: SignedIn) -> None:
        """Take it out of guard: its credential and all that it opened end at once.

        Raises `NotFoundError`, and `ConflictError` where that takes two people.
        """
        require(by, Act.ADMINISTER)
        running = self._running
        alone.refuse(
            "switch-off", f"unguard {name[:40]}", by,
            controlled=running.people.dual_control, documents=running.store, now=running.now(),
        )  # fmt: skip
        await self.remove_as(unguard.known(name, running.store), reason, by.name)

    async def remove_as(
        self, gateway: Gateway, reason: str, by: str, also: Unit | None = None
    ) -> None:
        """Remove for a person whose right was checked, in one unit with `also`."""
        unit = unguard.unguard(
            gateway, self.agents(gateway), reason,
            by=by, now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(joined(also, unit))
        self.presence.pop(gateway.name, None)

    def boundaries(self, name: str, by: SignedIn) -> Boundaries:
        """The addresses of an enrolled gateway, with its passwords. Raises `NotFoundError`."""
        require(by, Act.ADMINISTER)
        running = self._running
        unguard.known(name, running.store)
        proxy = credentials.password(self._key, credentials.EGRESS, name)
        return Boundaries(
            proxy=f"http://{credentials.GATEWAY}.{name}:{proxy}@127.0.0.1:{running.egress_port}",
            models=f"http://127.0.0.1:{running.models_port}",
            models_key=credentials.password(self._key, credentials.MODELS, name),
            door=credentials.header(self._key, name),
        )

    def number(self, gateway: Gateway, boot: str, seq: int) -> bool:
        """Take note of a numbered event; False when it came before."""
        return self._of(gateway, boot).see(seq)

    def forget(self, gateway: Gateway, boot: str, seq: int) -> None:
        """What had this number could not be recorded: it may come again."""
        self._of(gateway, boot).forget(seq)

    async def report(self, gateway: Gateway, boot: str, reports: Sequence[object]) -> None:
        """Record what happened, each numbered report once. Raises `InputError` for too many."""
        if len(reports) > MAX_BATCH:
            raise InputError(
                f"expected at most {MAX_BATCH} reports at once, got {len(reports)}",
                remedy="send them in smaller parts",
            )
        numbers = self._of(gateway, boot)
        fresh, taken = [], []
        for report in reports:
            said = report if isinstance(report, Mapping) else {}
            seq = said.get("seq")
            if not isinstance(seq, int) or numbers.see(seq):
                fresh += [] if self._is_ours(gateway, said) else [report]
                taken += [seq] if isinstance(seq, int) else []
            if said.get("hook") == "gateway_start":
                numbers.announced()
        unit = observe.observe(
            fresh, gateway, boot=boot, state=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        try:
            if unit.events:
                await self._running.commit(unit)
        except Error:
            # Nothing of it is recorded, so all of it may be sent again.
            for seq in taken:
                numbers.forget(seq)
            raise

    async def beat(self, gateway: Gateway, beat: Mapping[str, Any]) -> None:
        """A heartbeat: note it, record what the plugin refused alone, notice what is missing."""
        boot = validation.name(beat.get("boot"), "boot", required=True)
        refused = beat.get("refused")
        entries = refused if isinstance(refused, list) else []
        now, entropy = self._running.now(), self._running.entropy()
        unit = observe.refusals(entries, gateway, boot=boot, now=now, entropy=entropy)
        for entry in entries:
            seq = entry.get("seq")
            if isinstance(seq, int):
                self.number(gateway, boot, seq)
        last = beat.get("seq")
        lost = self._of(gateway, boot).beat(last) if isinstance(last, int) else ()
        if lost:
            unit.events.append(
                observe.gap(lost, gateway, boot=boot, now=now, entropy=b"\xff" + entropy)
            )
        try:
            if unit.events:
                await self._running.commit(unit)
        except Error:
            # Nothing of it is recorded, so the next heartbeat tells it again.
            for seq in lost:
                self._of(gateway, boot).forget(seq)
            raise
        presence = self.presence.setdefault(gateway.name, Presence())
        presence.boot, presence.seen, presence.silent = boot, now, False
        presence.lost += len(lost)
        presence.versions = _texts(beat.get("versions"))
        presence.counts = _numbers(beat.get("counts"))

    async def notice_silence(self) -> list[str]:
        """Record, once, every gateway whose heartbeats stopped; their names."""
        now, found = self._running.now(), []
        for gateway in self._running.store.enrolled():
            presence = self.presence.setdefault(gateway.name, Presence())
            since = presence.seen or max(self._started, gateway.enrolled)
            seconds = int((now - since).total_seconds())
            # A gateway that was just enrolled may still have to be installed and started.
            fresh = (now - gateway.enrolled).total_seconds() < FIRST_SECONDS
            if presence.silent or seconds < SILENT_SECONDS or (fresh and not presence.seen):
                continue
            event = observe.silent(gateway.name, seconds, now=now, entropy=self._running.entropy())
            await self._running.commit(Unit([event]))
            presence.silent = True
            found.append(gateway.name)
        return found

    def alive(self, name: str) -> bool:
        """Whether a heartbeat arrived within `SILENT_SECONDS`."""
        presence = self.presence.get(name)
        if presence is None or presence.seen is None:
            return False
        return (self._running.now() - presence.seen).total_seconds() < SILENT_SECONDS

    def _is_ours(self, gateway: Gateway, said: Mapping[str, Any]) -> bool:
        parts = [said.get(key) for key in ("event", "ctx")]
        runs = {each.get("runId") for each in parts if isinstance(each, Mapping)}
        return any(self.ours(gateway.name, run) for run in runs if isinstance(run, str))

    def _of(self, gateway: Gateway, boot: str) -> Numbers:
        key = (gateway.name, boot)
        numbers = self._numbers.setdefault(key, Numbers())
        self._numbers.move_to_end(key)
        if len(self._numbers) > BOOTS:
            self._numbers.popitem(last=False)
        return numbers


def _texts(value: object) -> dict[str, str]:
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {str(key)[:40]: str(text)[:80] for key, text in list(pairs)[:10]}


def _numbers(value: object) -> dict[str, int]:
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {str(key)[:40]: int(n) for key, n in list(pairs)[:20] if isinstance(n, int)}
