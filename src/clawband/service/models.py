"""The model gateway's answers: who asks which model with what, and what it cost."""

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256

from clawband.enforcement import credentials
from clawband.enforcement.witness import Call, runnable
from clawband.flows.ask_model import Asked, Caller, Question, Usage, ask_model, finished
from clawband.flows.decide import Moment, decide
from clawband.labels.classify import Found, classify
from clawband.model.access import GATEWAY, Permit, Principal
from clawband.model.deployment import Gateway
from clawband.model.digest import Json
from clawband.model.errors import AuthenticationError, Error
from clawband.model.event import Leaf, Tag
from clawband.ports.unit import Unit
from clawband.service.policies import Policies
from clawband.service.running import Running
from clawband.service.turns import Turns
from clawband.service.watch import Watch
from clawband.service.witness import Witness

_CLOSING = frozenset({Tag.CONTROL_PAUSE, Tag.POLICY_ACTIVATE, Tag.ENFORCEMENT_LOST})
REMEMBERED = 8_192
"""Texts whose findings are kept: a prompt repeats the whole conversation."""
LATE, MOMENT = 4, 0.01
"""How often, and after how many seconds each, one looks again for the run of a trace."""


@dataclass(slots=True, eq=False)
class Stop:
    """Ends an open question when it would be refused now; `why` once it did."""

    asked: Asked
    cut: Callable[[], object]
    why: str = ""


class Models:
    """Decides, covers, hears and counts. Used in one thread."""

    def __init__(self, running: Running, policies: Policies, turns: Turns, key: bytes) -> None:
        """`key`: 32 bytes, from which gateways' passwords and pseudonyms are derived."""
        self._running, self._policies, self._turns, self._key = running, policies, turns, key
        self._found: OrderedDict[bytes, tuple[Found, ...]] = OrderedDict()
        self.witness = Witness(running)
        self._open: set[Stop] = set()
        self.governed: Callable[[str, str], bool] = lambda _gateway, _agent: True
        """Whether canaries are fine, by gateway name and principal id."""
        self.watch: Watch | None = None
        self._telling: set[asyncio.Task[None]] = set()

    def password(self, gateway: str) -> str:
        """What a gateway gives as its API key here."""
        return credentials.password(self._key, credentials.MODELS, gateway)

    def gateway(self, authorization: str) -> Gateway:
        """The gateway whose credential this is. Raises `AuthenticationError`."""
        scheme, _, given = authorization.strip().partition(" ")
        if scheme.lower() == "bearer" and given:
            for gateway in self._running.store.enrolled():
                if credentials.opens(self._key, credentials.MODELS, gateway.name, given.strip()):
                    return gateway
        raise AuthenticationError(
            "this gateway is not known here",
            remedy="use the key that `clawband egress address` prints as the provider's `apiKey`",
        )

    def found(self, texts: Iterable[str]) -> list[tuple[Found, ...]]:
        """What classifiers see in each text."""
        return [self._classified(text) for text in texts]

    def shown(self, body: bytes) -> bytes:
        """JSON without the values that nobody is shown."""
        return self._running.masking.known.masked_bytes(body)

    async def ask(
        self, question: Question, gateway: Gateway, trace: str, results: Sequence[tuple[str, str]]
    ) -> Asked:
        """Decide and record. `results` are those of tool calls that the model is shown. Raises
        `UnavailableError` when nothing could be recorded: then nothing is asked."""
        caller = await self._caller(gateway, trace)
        await self.witness.shown(gateway.name, caller.run, trace, results)
        if self.watch:
            await self.watch.prompt(caller, question.texts)
        asked = ask_model(
            question, caller, state=self._running.store, active=self._policies.active,
            moment=self._moment(), holding=self._running.holding, secret=self._secret(caller),
        )  # fmt: skip
        await self._running.commit(asked.decided.unit)
        if asked.permitted:
            self.witness.model_asked(gateway.name, caller.run)
        return asked

    def called(
        self, asked: Asked, calls: Iterable[tuple[str, str, str]],
        offered: Mapping[str, Mapping[str, object]],
    ) -> None:  # fmt: skip
        """The model made these calls: id, tool, arguments. Called before the gateway hears it."""
        caller, now = asked.caller, self._running.now()
        principal = asked.decided.request.principal
        self.witness.made(
            Call(
                gateway=caller.gateway.name, agent=principal.id, session=caller.session,
                run=caller.run, trace=caller.trace, id=name, tool=tool, at=now,
                who=asked.decided.request.requester.id, cause=asked.decided.id,
                runnable=runnable(tool, arguments, offered),
            )
            for name, tool, arguments in calls
        )  # fmt: skip

    async def finish(
        self, asked: Asked, usage: Usage, outcome: str, detail: dict[str, Json],
        said: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """Record what became of a permitted question. `said` are the words of the answer."""
        if self.watch:
            # By itself: who asked may leave now, and then we are cut off at the next wait.
            telling = asyncio.ensure_future(self._tell(self.watch, asked, said))
            self._telling.add(telling)
            telling.add_done_callback(self._telling.discard)
        active, name = self._policies.active, asked.caller.gateway.name
        plan = active.gateways.get(name) if active else None
        price = plan.prices.get(asked.question.name) if plan else None
        event = finished(
            asked.decided, usage, price, outcome, detail,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(Unit([event]))

    async def _tell(self, watch: Watch, asked: Asked, said: Sequence[str]) -> None:
        with suppress(Error):  # the store is down: nobody is answered, and there is nobody to tell
            await watch.answer(asked.caller, said, asked.decided.id)

    def begin(self, asked: Asked, cut: Callable[[], object]) -> Stop:
        """A permitted question is open; `cut` ends it."""
        stop = Stop(asked, cut)
        self._open.add(stop)
        return stop

    def end(self, stop: Stop) -> None:
        self._open.discard(stop)

    def follow(self, leaves: Sequence[Leaf]) -> None:
        """Called in the loop after every durable batch."""
        self.witness.follow(leaves)
        for event in (leaf.event for leaf in leaves):
            if event.tag in _CLOSING:
                self._cut(f"{event.tag}: {event.resource or event.agent or event.gateway}")
            elif event.tag is Tag.GATEWAY_REMOVE:
                for stop in list(self._open):
                    if stop.asked.caller.gateway.name == event.gateway:
                        stop.why = "its gateway was removed"
                        stop.cut()

    def _cut(self, why: str) -> None:
        """Ask again about everything that is open: what would be refused now ends now."""
        for stop in list(self._open):
            request = stop.asked.decided.request
            governed = self.governed(request.principal.gateway, request.principal.id)
            again = decide(
                replace(request, governed=governed), state=self._running.store,
                active=self._policies.active, moment=self._moment(), holding=self._running.holding,
            )  # fmt: skip
            if not isinstance(again.decision, Permit):
                stop.why = why
                stop.cut()

    def _moment(self) -> Moment:
        return Moment(now=self._running.now(), entropy=self._running.entropy())

    async def _caller(self, gateway: Gateway, trace: str) -> Caller:
        """Who asks. A run is answered as soon as it is durable, and known here a moment later."""
        turn = self._turns.by_trace(gateway.name, trace)
        looks = LATE if trace else 0
        while turn is None and looks:
            looks -= 1
            await asyncio.sleep(MOMENT)
            turn = self._turns.by_trace(gateway.name, trace)
        agent = turn.agent if turn else Principal(gateway.name, GATEWAY).id
        governed = self.governed(gateway.name, agent)
        if turn is None:
            return Caller(gateway=gateway, trace=trace, governed=governed)
        return Caller(
            gateway=gateway, agent=turn.agent.partition("/")[2], session=turn.session,
            run=turn.run, trace=trace, governed=governed,
        )  # fmt: skip

    def _secret(self, caller: Caller) -> bytes:
        """Pseudonyms of one session are nothing in another. Outside of all sessions a trace is one,
        and what has no trace shares one: it is given back within the same call."""
        place = f"pseudonyms\0{caller.gateway.name}\0{caller.session}"
        place += "" if caller.session else f"\0{caller.trace}"
        return hmac.digest(self._key, place.encode(), sha256)

    def _classified(self, text: str) -> tuple[Found, ...]:
        name = sha256(text.encode("utf-8", "surrogatepass")).digest()
        if name not in self._found:
            self._found[name] = classify(text)
            if len(self._found) > REMEMBERED:
                self._found.popitem(last=False)
        self._found.move_to_end(name)
        return self._found[name]
