"""Honeytokens as they are looked for in what passes, and told of when somebody uses one."""

import asyncio
from collections.abc import Iterable

from clawband.flows import honeytokens
from clawband.flows.honeytokens import HONEYTOKEN
from clawband.labels.known import Known
from clawband.model.access import GATEWAY, Principal
from clawband.model.errors import ConflictError
from clawband.model.honeytoken import Sighting
from clawband.service.policies import Policies
from clawband.service.running import Running
from clawband.service.stops import Stops

TRIES = 5


class Lures:
    """`found` costs next to nothing where none is planted. Used in one thread."""

    def __init__(self, running: Running, policies: Policies, stops: Stops) -> None:
        self._running, self._policies, self._stops = running, policies, stops
        self._known = Known()
        self._tasks: set[asyncio.Task[object]] = set()

    def load(self) -> None:
        """What is planted, from the store."""
        kept = HONEYTOKEN.all(self._running.store)
        self._known = Known((each.id, mark.encode()) for each in kept for mark in each.value.marks)

    def found(self, raw: bytes) -> frozenset[str]:
        """The ids of those that stand in it, in whichever writing."""
        return self._known.names(raw)

    async def met(self, ids: Iterable[str], seen: Sighting) -> None:
        """Somebody used these. Durable when it returns, and so is the pause where policy wants one;
        from the same source it is told once within an hour."""
        for each in sorted(ids):
            await self._met(each, seen)

    async def asked_for(self, names: Iterable[str], seen: Sighting) -> None:
        """The broker is asked for secrets of these names."""
        store = self._running.store
        await self.met(filter(None, (honeytokens.by_secret(name, store) for name in names)), seen)

    async def _met(self, id: str, seen: Sighting) -> None:
        running = self._running
        for _ in range(TRIES):
            kept = HONEYTOKEN.find(id, running.store)
            if kept is None:
                return  # taken away a moment ago
            now = running.now()
            pause = honeytokens.pause(seen, kept, now) if self._pauses(seen) else None
            unit = honeytokens.used(kept, seen, pause=pause, now=now, entropy=running.entropy())
            if unit is None:
                return
            try:
                await running.commit(unit)
            except ConflictError:
                continue  # another use of it was told of in the same moment
            if pause:
                task = asyncio.ensure_future(self._stops.end_turns(pause))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            return

    def _pauses(self, seen: Sighting) -> bool:
        """Whether the gateway's manifest wants the agent stopped; the gateway itself is none."""
        active = self._policies.active
        plan = active.gateways.get(seen.gateway) if active else None
        whole = seen.agent in ("", Principal(seen.gateway, GATEWAY).id)
        return bool(plan and plan.honeytoken == "pause" and not whole)
