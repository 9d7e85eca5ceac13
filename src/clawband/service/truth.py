"""The truth about enforcement: per gateway, agent and path, what holds it and how that is known."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from clawband.enforcement.canary import Standing, State
from clawband.flows.sight import Sight
from clawband.model.access import Action
from clawband.model.deployment import Gateway
from clawband.model.event import Leaf, Tag
from clawband.model.person import SignedIn
from clawband.ports.store import Query
from clawband.service.enforcement import Enforcement
from clawband.service.gateways import Gateways, Presence
from clawband.service.policies import Policies
from clawband.service.reconciler import Looked, Reconciler
from clawband.service.running import Running

DAY: Final = timedelta(hours=24)
FINDINGS: Final = 50
_FINDINGS: Final = frozenset(
    {Tag.ENFORCEMENT_MISSING, Tag.WITNESS_DIFFER, Tag.ENFORCEMENT_LOST, Tag.EGRESS_BYPASS}
)
_LAUNCHES: Final = frozenset({Tag.LAUNCH_START, Tag.LAUNCH_REFUSE})
CALL_CANARY: Final = "canary calls"
TURN_CANARY: Final = "canary turns"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way in which an agent acts. `proof` names the canary that flies it; empty for none."""

    name: str
    holds: str
    actions: tuple[Action, ...]
    proof: str = ""
    gap: str = ""
    """What nothing of ours holds there."""


@dataclass(frozen=True, slots=True)
class Used:
    """A way on one gateway: when we were last asked about it, and what is known besides."""

    way: Way
    asked: datetime | None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """One gateway. `cut`: whether a loss cuts its connections."""

    gateway: Gateway
    alive: bool
    presence: Presence
    control: bool
    cut: bool
    agents: Mapping[str, Standing]
    ways: Sequence[Used]
    looked: Looked | None

    @property
    def state(self) -> State:
        """The worst of its agents."""
        states = {each.state for each in self.agents.values()}
        order = (State.UNGOVERNED, State.UNKNOWN, State.STOPPED, State.GOVERNED)
        return next((each for each in order if each in states), State.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    at: datetime
    every: timedelta
    gateways: Sequence[Guarded]
    findings: Sequence[Leaf]

    @property
    def sentence(self) -> str:
        """Is every agent governed?"""
        states = [each.state for one in self.gateways for each in one.agents.values()]
        lost, unknown = states.count(State.UNGOVERNED), states.count(State.UNKNOWN)
        if not self.gateways:
            return "No gateway is under guard yet."
        if lost:
            return f"No: {lost} of {_agents(len(states))} {_is(lost)} ungoverned."
        untried = [each.gateway.name for each in self.gateways if not each.agents]
        if untried:
            return f"Not proved: no agent of `{untried[0]}` was tried yet."
        if unknown:
            return f"Not proved: nothing is known of {unknown} of {_agents(len(states))}."
        running = states.count(State.GOVERNED)
        stopped = ", and the rest is stopped" if running < len(states) else ""
        if not running:
            return "Every gateway is stopped."
        return f"Yes: {_agents(running)} {_is(running)} governed{stopped}."


_TOOLS = tuple(each for each in Action if each.startswith("tool:"))
WAYS: Final = (
    Way(
        name="messages in", holds="the plugin asks before a turn begins",
        actions=(Action.RECEIVE,), proof=TURN_CANARY,
    ),
    Way(
        name="tool calls", holds="the plugin asks before each call, on every channel",
        actions=_TOOLS, proof=CALL_CANARY,
    ),
    Way(
        name="tool results", holds="the plugin asks before the model reads one",
        actions=(Action.RESULT,), gap="results of `/tools/invoke` are given to who called it",
    ),
    Way(
        name="replies in chat", holds="the plugin asks before one is sent",
        actions=(Action.SEND_REPLY,), gap="no hook of OpenClaw sees replies over HTTP",
    ),
    Way(
        name="commands", holds="the launcher, with Landlock and seccomp", actions=(Action.EXECUTE,),
    ),
    Way(
        name="file tools", holds="policy, by what the path leads to",
        actions=(Action.READ, Action.WRITE), proof=CALL_CANARY,
    ),
    Way(
        name="sub-agents", holds="the same questions, in a session of their own",
        actions=(), proof=TURN_CANARY,
    ),
    Way(
        name="installs", holds="the plugin asks before a plugin is installed",
        actions=(Action.INSTALL,), gap="`openclaw skills install` asks by its install policy only",
    ),
    Way(
        name="model calls", holds="the model gateway", actions=(Action.ASK_MODEL,),
    ),
    Way(
        name="network", holds="the egress proxy", actions=(Action.CONNECT, Action.REQUEST),
    ),
)  # fmt: skip


class Truths:
    """Puts together what the other parts know."""

    def __init__(
        self,
        running: Running,
        policies: Policies,
        gateways: Gateways,
        enforcement: Enforcement,
    ) -> None:
        self._running, self._policies, self._gateways = running, policies, gateways
        self._enforcement = enforcement
        self.reconciler = Reconciler(running, enforcement)

    async def now(self, by: SignedIn) -> Truth:
        """Of what they may look at. Reads the log, so it may block on a disk."""
        now, store = self._running.now(), self._running.store
        sees = Sight(by, store.enrolled())
        lately = Query(tags=_FINDINGS, since=now - DAY, limit=FINDINGS)
        findings = await asyncio.to_thread(sees.find, lately, store)
        launches = await asyncio.to_thread(store.find, Query(tags=_LAUNCHES, limit=200))
        gateways = [
            self._guarded(each, launches) for each in store.enrolled() if sees.of(each.name)
        ]
        return Truth(at=now, every=self._running.canary, gateways=gateways, findings=findings)

    def _guarded(self, gateway: Gateway, launches: Sequence[Leaf]) -> Guarded:
        active, name = self._policies.active, gateway.name
        plan = active.gateways.get(name) if active else None
        watched = self._enforcement.watched.get(name)
        seen = watched.seen if watched else {}
        started = next((each for each in launches if each.event.gateway == name), None)
        return Guarded(
            gateway=gateway,
            alive=self._gateways.alive(name),
            presence=self._gateways.presence.get(name) or Presence(),
            control=name in self._running.probes,
            cut=plan is None or plan.ungoverned == "cut",
            agents=dict(sorted(self._enforcement.standings.of(name).items())),
            ways=list(_used(seen, started)),
            looked=self.reconciler.looked.get(name),
        )


def _used(seen: Mapping[str, datetime], started: Leaf | None) -> Iterator[Used]:
    for way in WAYS:
        times = [seen[each] for each in way.actions if each in seen]
        detail = _kernel(started) if way.name == "commands" else way.gap
        yield Used(way, max(times, default=None), detail)


def _kernel(started: Leaf | None) -> str:
    """What the last command that was started, or was not, tells of the kernel."""
    if started is None:
        return "no command was started yet, so nothing is known of the kernel"
    event = started.event
    if event.tag is Tag.LAUNCH_REFUSE:
        return f"the last one was refused: {event.detail.get('reason', event.outcome)}"
    landlock, notify = event.detail.get("landlock"), event.detail.get("notify")
    told = f"Landlock {landlock or 'missing'}, seccomp {'notifies' if notify == '1' else 'missing'}"
    return f"{told}, kernel {event.detail.get('kernel', 'unknown')}"


def _agents(count: int) -> str:
    return f"{count} agent" if count == 1 else f"{count} agents"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
