"""What is known of every agent's guard, and what is told of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from clawband.enforcement.canary import Judged, Standing, State, next_standing
from clawband.flows import canary
from clawband.model.access import GATEWAY
from clawband.model.errors import Error
from clawband.model.event import Tag
from clawband.ports.store import Query
from clawband.ports.unit import Unit
from clawband.service.policies import Policies
from clawband.service.running import Running

SILENT = Judged(State.UNGOVERNED, "its plugin sends no heartbeat")
STOPPED = Judged(State.STOPPED, "its gateway said that it stops, and is gone")
UNTRIED = Judged(State.UNKNOWN, "the gateway has no control address, so no canary can fly")
REMOVED = Judged(State.STOPPED, "its gateway has no such agent any more")
_TOLD = frozenset({Tag.ENFORCEMENT_LOST, Tag.ENFORCEMENT_RESTORED})
_REMEMBERED = _TOLD | {Tag.GATEWAY_REMOVE}
_UNFLOWN = (SILENT, UNTRIED, STOPPED, REMOVED)


def whole(gateway: str) -> str:
    """Stands for a gateway of which no agent is known."""
    return f"{gateway}/{GATEWAY}"


class Standings:
    """By principal id. Used in one thread."""

    def __init__(self, running: Running, policies: Policies) -> None:
        self._running, self._policies = running, policies
        self.all: dict[str, Standing] = {}
        self.alarm: Callable[[str], None] = lambda _sentence: None
        """Told in one sentence of every agent that is lost or governed again."""

    def load(self) -> None:
        """What the log remembers: who was ungoverned stays so over a restart."""
        found = self._running.store.find(Query(tags=_REMEMBERED, limit=1_000))
        for leaf in reversed(found):
            event = leaf.event
            if event.tag is Tag.ENFORCEMENT_LOST:
                why = str(event.detail.get("reason", ""))
                self.all[event.agent] = Standing(
                    state=State.UNGOVERNED, since=event.at, why=why, told=event.at
                )
            elif event.tag is Tag.GATEWAY_REMOVE:
                self.forget(event.gateway)
            else:
                self.all.pop(event.agent, None)

    def governed(self, gateway: str, principal: str) -> bool:
        """Whether canaries let it go on. The gateway itself is held to all of its agents: what
        it does for them cannot be told apart."""
        active = self._policies.active
        plan = active.gateways.get(gateway) if active else None
        if plan and plan.ungoverned == "alert":
            return True
        own = self.all.get(principal)
        return own.open if own else all(each.open for each in self.of(gateway).values())

    def of(self, gateway: str) -> Mapping[str, Standing]:
        """The agents of a gateway."""
        begin = f"{gateway}/"
        return {key: each for key, each in self.all.items() if key.startswith(begin)}

    def forget(self, gateway: str) -> None:
        """It is not under guard any more."""
        for principal in self.of(gateway):
            del self.all[principal]

    def lost(self) -> Sequence[tuple[str, Standing]]:
        """Who is ungoverned now."""
        found = self.all.items()
        return sorted((key, each) for key, each in found if each.state is State.UNGOVERNED)

    async def settle(self, found: Mapping[str, Judged]) -> None:
        """Take over what was found, and record what is new. In force before it is recorded."""
        now, unit, before = self._running.now(), Unit(), dict(self.all)
        for principal, judged in found.items():
            own = before.get(principal) or Standing(since=now)
            after = _next(own, judged, now)
            events = canary.events(principal, own, after, now=now, entropy=self._running.entropy())
            self.all[principal] = replace(after, told=now) if events else after
            if judged == REMOVED:
                del self.all[principal]
            unit.events.extend(events)
        if not unit.events:
            return
        try:
            await self._running.commit(unit)
        except Error:
            self.all = before  # nothing is told, so the next round tells it
            raise
        for event in unit.events:
            if event.tag in _TOLD:
                word = "is" if event.tag is Tag.ENFORCEMENT_LOST else "is no longer"
                self.alarm(f"{event.agent} {word} UNGOVERNED: {event.detail['reason']}")


def _next(own: Standing, judged: Judged, now: datetime) -> Standing:
    """Silence without any way to fly ends with the next heartbeat; a stop is no loss, and does
    not make good what was lost before."""
    back = own.why == SILENT.why and judged == UNTRIED
    after = next_standing(own, judged, now)
    if judged == STOPPED and own.state is State.UNGOVERNED:
        after = own
    elif back:
        after = replace(own, state=judged.state, why=judged.why, since=now)
    return replace(after, tried=own.tried) if judged in _UNFLOWN else after
