"""Reads the gateways' own ledgers by the clock, and tells what only one witness saw."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clawband.enforcement.coverage import Difference
from clawband.flows import reconcile
from clawband.model.deployment import Gateway
from clawband.model.errors import Error
from clawband.model.event import Tag
from clawband.ports.gateway import GatewayProbe, Row
from clawband.ports.store import Query
from clawband.ports.unit import Unit
from clawband.service.enforcement import Enforcement
from clawband.service.running import Running

FIRST = timedelta(hours=1)
"""How far the first look goes back."""
SETTLE = timedelta(seconds=10)
"""What is younger is looked at next time: its other half may still be on its way."""
OVERLAP = timedelta(minutes=10)
"""A run is compared whole, so each look goes back by this much."""
ROWS = 5_000
TOLD = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """The last look at one gateway. `problem` says why there was none."""

    at: datetime
    rows: int = 0
    runs: int = 0
    differences: int = 0
    problem: str = ""


class Reconciler:
    """Used in one thread."""

    def __init__(self, running: Running, enforcement: Enforcement) -> None:
        self._running, self._enforcement = running, enforcement
        self._told: OrderedDict[str, None] = OrderedDict()
        self._loaded = False
        self._done: dict[str, datetime] = {}
        self.looked: dict[str, Looked] = {}
        """By gateway."""

    async def run(self) -> int:
        """Look at every gateway that can be asked; how many differences are new."""
        if not self._loaded:
            self._load()
        found = 0
        for gateway in self._running.store.enrolled():
            probe = self._running.probes.get(gateway.name)
            if probe:
                found += await self._look(gateway, probe)
        return found

    async def _look(self, gateway: Gateway, probe: GatewayProbe) -> int:
        now = self._running.now()
        # What ran before it was under guard was nobody's to ask about.
        since = max(self._done.get(gateway.name, now - FIRST) - OVERLAP, gateway.enrolled)
        try:
            rows = await asyncio.to_thread(probe.ledger, since, ROWS)
            settled = _settled(rows, now - SETTLE)
            ours = [row for row in settled if not self._enforcement.ours(gateway.name, row.run)]
            found = await asyncio.to_thread(
                reconcile.differences, gateway.name, ours, self._running.store
            )
        except Error as error:
            self.looked[gateway.name] = Looked(at=now, problem=error.message)
            return 0
        fresh = [each for each in found if each.key not in self._told]
        await self._tell(fresh)
        self._done[gateway.name] = now - SETTLE
        runs = len({row.run for row in ours})
        self.looked[gateway.name] = Looked(
            at=now, rows=len(ours), runs=runs, differences=len(found)
        )
        return len(fresh)

    async def _tell(self, found: Sequence[Difference]) -> None:
        if not found:
            return
        now = self._running.now()
        unit = Unit(
            [reconcile.noticed(each, now=now, entropy=self._running.entropy()) for each in found]
        )
        await self._running.commit(unit)
        for each in found:
            self._remember(each.key)

    def _load(self) -> None:
        """What was told before this start is not told again."""
        since = self._running.now() - FIRST - 2 * OVERLAP
        told = Query(tags=frozenset({Tag.WITNESS_DIFFER}), since=since, limit=TOLD)
        for leaf in self._running.store.find(told):
            self._remember(str(leaf.event.detail.get("key", "")))
        self._loaded = True

    def _remember(self, key: str) -> None:
        self._told[key] = None
        if len(self._told) > TOLD:
            self._told.popitem(last=False)


def _settled(rows: Sequence[Row], until: datetime) -> list[Row]:
    """Runs of which nothing is younger than this."""
    young = {row.run for row in rows if row.at > until}
    return [row for row in rows if row.run not in young]
