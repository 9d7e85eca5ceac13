"""Whether each agent's guard is alive: canaries by the clock, heartbeats, and what follows."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clawband.enforcement.canary import Judged, State
from clawband.enforcement.token import Mint, Spent
from clawband.flows import canary
from clawband.flows.decide import Decided
from clawband.model.deployment import Gateway
from clawband.model.errors import AuthenticationError, Error, NotFoundError
from clawband.model.event import Event, Leaf, Tag
from clawband.openclaw.hooks import Asked
from clawband.ports.store import Query
from clawband.ports.unit import Unit
from clawband.service.flights import Flights
from clawband.service.gateways import Gateways
from clawband.service.policies import Policies
from clawband.service.running import Running
from clawband.service.standings import REMOVED, SILENT, STOPPED, UNTRIED, Standings, whole

AGAIN = timedelta(seconds=5)
"""After a round that was not right."""
_UNASKED = "a call had a result, and we were not asked about the call"
_COMINGS = frozenset({Tag.GATEWAY_START, Tag.GATEWAY_STOP})

log = logging.getLogger("clawband.enforcement")


@dataclass(slots=True)
class Watched:
    """A gateway between two rounds."""

    due: datetime
    boot: str = ""
    stopped: bool = False
    known: bool = False
    """Whether it was ever heard of."""
    agents: tuple[str, ...] = ()
    """Principal ids, as the gateway itself listed them last."""
    round: "asyncio.Task[None] | None" = None
    seen: dict[str, datetime] = field(default_factory=dict)
    """When we were last asked about each action, since this server started."""


class Enforcement:
    """Knows the state of every agent. Used in one thread."""

    def __init__(self, running: Running, policies: Policies, gateways: Gateways) -> None:
        self._running, self._policies, self._gateways = running, policies, gateways
        self._mint, self._spent = Mint(running.randomness.bytes(32)), Spent()
        self._flights = Flights(running, self._mint)
        self.watched: dict[str, Watched] = {}
        self.standings = Standings(running, policies)
        self._telling: set[asyncio.Task[None]] = set()
        gateways.agents = lambda each: self._agents(each, self._watched(each.name))
        self.ours = gateways.ours = self._flights.ours
        """Whether a run, by the gateway's own name of it, is a canary's."""

    def load(self) -> None:
        """What the log remembers."""
        for leaf in reversed(self._running.store.find(Query(tags=_COMINGS, limit=1_000))):
            self._heard(leaf.event)
        self.standings.load()

    async def answer(self, question: Asked, gateway: Gateway) -> Decided | None:
        """The answer to one of our canaries; None for everything else."""
        token = canary.carried(question)
        if not token:
            return None
        now, entropy = self._running.now(), self._running.entropy()
        try:
            claims = canary.recognised(
                question, gateway, token, mint=self._mint, spent=self._spent, now=now
            )
        except AuthenticationError as error:
            event = canary.forged(question, gateway, error, now=now, entropy=entropy)
            await self._running.commit(Unit([event]))
            return None
        self._flights.asked(claims.jti)
        if question.trace.run:
            self._flights.began(gateway.name, question.trace.run)
        return canary.answer(claims, now=now, entropy=entropy)

    async def tick(self) -> None:
        """By the clock: notice what fell silent, begin the rounds that are due."""
        now = self._running.now()
        for gateway in self._running.store.enrolled():
            watched = self._watched(gateway.name)
            presence = self._gateways.presence.get(gateway.name)
            if presence and presence.boot and presence.boot != watched.boot:
                watched.boot, watched.stopped, watched.known = presence.boot, False, True
                watched.due = now
                self._flights.forget(gateway.name)
            flying = watched.round is not None and not watched.round.done()
            if flying or not watched.known:
                continue
            if self._silent(gateway.name) and self._newly(gateway, watched):
                await self.standings.settle(
                    dict.fromkeys(self._agents(gateway, watched), self._gone(watched))
                )
            elif watched.due <= now:
                watched.round = asyncio.ensure_future(self._watch(gateway, watched))

    async def prove(self, name: str = "") -> None:
        """Fly now, on one gateway or all. Raises `NotFoundError`, and what the store raises."""
        chosen = [each for each in self._running.store.enrolled() if name in ("", each.name)]
        if name and not chosen:
            raise NotFoundError(f"no gateway `{name[:40]}` is enrolled")
        for gateway in chosen:
            watched = self._watched(gateway.name)
            if watched.round is not None and not watched.round.done():
                await asyncio.gather(watched.round, return_exceptions=True)
            self._flights.forget(gateway.name)
            await self._round(gateway, watched)

    def hasten(self) -> None:
        """Let every gateway be tried at the next tick."""
        for name, watched in self.watched.items():
            watched.due = self._running.now()
            self._flights.forget(name)

    def follow(self, leaves: Sequence[Leaf]) -> None:
        """Called after every durable batch."""
        for leaf in leaves:
            event = leaf.event
            if event.tag in _COMINGS:
                self._heard(event)
            elif event.tag is Tag.GATEWAY_REMOVE:
                self._forget(event.gateway)
            elif event.gateway and event.action:
                self._watched(event.gateway).seen[event.action] = event.at
                if canary.unasked(event):
                    watched = self._watched(event.gateway)
                    found = {event.agent: Judged(State.UNGOVERNED, _UNASKED)}
                    watched.due = self._running.now() + self._running.canary
                    telling = asyncio.ensure_future(self._told(found))
                    self._telling.add(telling)
                    telling.add_done_callback(self._telling.discard)

    async def close(self) -> None:
        """End the rounds that are in the air."""
        flying = [*self._telling, *(each.round for each in self.watched.values() if each.round)]
        for each in flying:
            each.cancel()
        await asyncio.gather(*flying, return_exceptions=True)

    def _forget(self, gateway: str) -> None:
        """Nobody is told of a loss that somebody wanted."""
        watched = self.watched.pop(gateway, None)
        if watched and watched.round:
            watched.round.cancel()
        self.standings.forget(gateway)

    def _heard(self, event: Event) -> None:
        watched = self._watched(event.gateway)
        watched.known, watched.stopped = True, event.tag is Tag.GATEWAY_STOP

    def _watched(self, name: str) -> Watched:
        return self.watched.setdefault(name, Watched(due=self._running.now()))

    def _agents(self, gateway: Gateway, watched: Watched) -> Sequence[str]:
        """What the gateway said, else what policy says, else the gateway as a whole."""
        active, begin = self._policies.active, f"{gateway.name}/"
        named = (
            [each for flow in active.workflows.values() for each in flow.agents] if active else []
        )
        declared = tuple(sorted({each for each in named if each.startswith(begin)}))
        return watched.agents or declared or (whole(gateway.name),)

    def _silent(self, name: str) -> bool:
        presence = self._gateways.presence.get(name)
        return presence is not None and presence.silent

    def _gone(self, watched: Watched) -> Judged:
        return STOPPED if watched.stopped else SILENT

    def _newly(self, gateway: Gateway, watched: Watched) -> bool:
        """Whether its silence has still to be noticed."""
        agents, gone = self._agents(gateway, watched), self._gone(watched).state
        return not all(
            (own := self.standings.all.get(each)) and own.state in (gone, State.UNGOVERNED)
            for each in agents
        )

    async def _watch(self, gateway: Gateway, watched: Watched) -> None:
        try:
            await self._round(gateway, watched)
        except Error as error:
            watched.due = self._running.now() + AGAIN
            log.warning("canaries of `%s` failed: %s", gateway.name, error)

    async def _round(self, gateway: Gateway, watched: Watched) -> None:
        watched.due = self._running.now() + self._running.canary
        found = await self._found(gateway, watched)
        if self._silent(gateway.name):
            # Whatever else is known: who sends no heartbeat tells us of nothing it does.
            found = {
                key: self._gone(watched) if each.state is not State.UNGOVERNED else each
                for key, each in found.items()
            }
        await self.standings.settle(found)
        if any(each.state is not State.GOVERNED for each in found.values()):
            again = AGAIN if gateway.name in self._running.probes else self._running.canary
            watched.due = min(watched.due, self._running.now() + again)

    async def _found(self, gateway: Gateway, watched: Watched) -> dict[str, Judged]:
        probe = self._running.probes.get(gateway.name)
        if probe is None:
            return dict.fromkeys(self._agents(gateway, watched), UNTRIED)
        try:
            listed = await asyncio.to_thread(probe.agents)
            watched.agents = tuple(f"{gateway.name}/{each}" for each in listed)
            known = self.standings.of(gateway.name)
            removed = dict.fromkeys(known.keys() - set(watched.agents), REMOVED)
            settle = self.standings.settle
            return removed | await self._flights.fly(gateway, probe, watched.agents, settle)
        except Error as error:
            found = Judged(State.UNKNOWN, error.message)
            return dict.fromkeys(self._agents(gateway, watched), found)

    async def _told(self, found: Mapping[str, Judged]) -> None:
        try:
            await self.standings.settle(found)
        except Error as error:
            log.warning("a loss could not be recorded: %s", error)
