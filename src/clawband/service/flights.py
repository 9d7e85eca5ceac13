"""One round of canaries on one gateway."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from clawband.enforcement.canary import (
    PARAMETER,
    TOOLS,
    TURN,
    VERDICTS,
    WORDS,
    Came,
    Judged,
    State,
    Tried,
    claims,
    judged,
    session,
)
from clawband.enforcement.token import Mint
from clawband.model.deployment import Gateway
from clawband.ports.gateway import Call, GatewayProbe, Outcome
from clawband.service.running import Running

MOST = 10_000
TURN_EVERY = timedelta(seconds=60)
"""A turn costs the gateway far more than a call, so one that was right lasts this long."""
Settle = Callable[[Mapping[str, Judged]], Awaitable[None]]


class Flights:
    """Makes canaries, sends them, and says what they found."""

    def __init__(self, running: Running, mint: Mint) -> None:
        self._running, self._mint = running, mint
        self._asked: OrderedDict[str, None] = OrderedDict()
        self._runs: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._tools: dict[str, int] = {}
        """Which of `TOOLS` an agent had last."""
        self._turned: dict[str, tuple[datetime, Tried]] = {}
        """The last turn of an agent whose calls were right ever since."""

    def asked(self, jti: str) -> None:
        """We were asked about this one, and it was ours."""
        self._asked[jti] = None
        if len(self._asked) > MOST:
            self._asked.popitem(last=False)

    def began(self, gateway: str, run: str) -> None:
        """This run is a canary's."""
        self._runs[gateway, run] = None
        if len(self._runs) > MOST:
            self._runs.popitem(last=False)

    def ours(self, gateway: str, run: str) -> bool:
        """Whether a run, by the gateway's own name of it, is a canary's."""
        return (gateway, run) in self._runs

    def forget(self, gateway: str) -> None:
        """Fly turns anew: the plugin has just started, or somebody asks for proof."""
        for agent in [each for each in self._turned if each.startswith(f"{gateway}/")]:
            del self._turned[agent]

    async def fly(
        self, gateway: Gateway, probe: GatewayProbe, agents: Sequence[str], settle: Settle
    ) -> dict[str, Judged]:
        """What holds of each principal. A loss is settled as soon as it is seen; all but a loss
        that went on is tried twice, because a busy gateway may miss the plugin's deadline."""
        tried = await self._calls(gateway, probe, agents)
        found = {agent: judged(each) for agent, each in tried.items()}
        worst = {agent: each for agent, each in found.items() if _went_on(tried[agent])}
        if worst:
            await settle(worst)
        doubtful = [each for each in agents if _refused(found[each], tried[each])]
        tried |= await self._calls(gateway, probe, doubtful)
        sound = [each for each in agents if judged(tried[each]).state is State.GOVERNED]
        for agent in set(agents) - set(sound):
            self._turned.pop(agent, None)
        now = self._running.now()
        due = [each for each in sound if not self._lasts(each, now)]
        turns = await self._turns(gateway, probe, due)
        self._turned |= {agent: (now, turn) for agent, turn in turns.items()}
        for agent in sound:
            tried[agent] = [*tried[agent], self._turned[agent][1]]
        return {agent: judged(each) for agent, each in tried.items()}

    def _lasts(self, agent: str, now: datetime) -> bool:
        at, turn = self._turned.get(agent, (now, None))
        right = turn is not None and judged([turn]).state is State.GOVERNED
        return right and now - at < TURN_EVERY

    async def _calls(
        self, gateway: Gateway, probe: GatewayProbe, agents: Sequence[str]
    ) -> dict[str, list[Tried]]:
        """Two calls of each agent, with the first tool that it has."""
        found: dict[str, list[Tried]] = {each: [] for each in agents}
        left = list(agents)
        for _ in TOOLS:
            if not left:
                break
            made = [self._call(gateway, each, verdict) for each in left for verdict in VERDICTS]
            outcomes = await asyncio.to_thread(probe.invoke, [call for call, _, _ in made])
            for each in left:
                found[each] = []
            for (call, jti, verdict), outcome in zip(made, outcomes, strict=True):
                agent = f"{gateway.name}/{call.agent}"
                found[agent].append(self._tried(call.tool, verdict, jti, outcome))
            left = [each for each in left if any(one.came is Came.ABSENT for one in found[each])]
            for each in left:
                self._tools[each] = self._tools.get(each, 0) + 1
        return found

    async def _turns(
        self, gateway: Gateway, probe: GatewayProbe, agents: Sequence[str]
    ) -> dict[str, Tried]:
        """A turn of each agent, which must be refused before a model is asked. What was refused by
        nobody that asked us, or came to nothing, is tried once more."""
        found: dict[str, Tried] = {}
        left = list(agents)
        for _ in range(2):
            if not left:
                break
            made = [(each, *self._token(gateway, each, TURN, "deny")) for each in left]
            messages = [(each.partition("/")[2], WORDS + token) for each, token, _ in made]
            outcomes = await asyncio.to_thread(probe.turns, messages)
            for (agent, _, jti), outcome in zip(made, outcomes, strict=True):
                found[agent] = self._tried(TURN, "deny", jti, outcome)
                self.began(gateway.name, outcome.run)
            left = [
                each for each in left if found[each].came is not Came.RAN and not found[each].asked
            ]
        return found

    def _call(self, gateway: Gateway, principal: str, verdict: str) -> tuple[Call, str, str]:
        agent = principal.partition("/")[2]
        tool = TOOLS[self._tools.get(principal, 0) % len(TOOLS)]
        token, jti = self._token(gateway, principal, tool, verdict)
        return Call(agent, session(agent), tool, {PARAMETER: token}), jti, verdict

    def _token(self, gateway: Gateway, principal: str, tool: str, verdict: str) -> tuple[str, str]:
        made = claims(
            principal, gateway.environment, tool, verdict,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        return self._mint.make(made), made.jti

    def _tried(self, tool: str, verdict: str, jti: str, outcome: Outcome) -> Tried:
        return Tried(tool, verdict, outcome.came, jti in self._asked, outcome.words)


def _went_on(tried: Sequence[Tried]) -> bool:
    return any(each.verdict == "deny" and each.came is Came.RAN for each in tried)


def _refused(found: Judged, tried: Sequence[Tried]) -> bool:
    return found.state is not State.GOVERNED and not _went_on(tried)
