"""Which turns run, from the log: by run, and by the trace that model calls carry."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clawband.model.access import Action, scoped
from clawband.model.event import Event, Leaf, Tag

REMEMBERED = 20_000
_ENDS = frozenset({Tag.GATEWAY_START, Tag.GATEWAY_STOP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An admitted run. `agent` is the principal id; `session`, `run` and `trace` as the gateway
    names them; `cause` the decision that admitted it."""

    gateway: str
    agent: str
    session: str
    run: str
    trace: str
    who: str
    cause: str


class Turns:
    """The newest admitted runs. Ended ones are still found by their trace: a model may be asked
    once more after the last reply."""

    def __init__(self) -> None:
        self._running: OrderedDict[str, Turn] = OrderedDict()
        self._traced: OrderedDict[str, Turn] = OrderedDict()

    def running(self) -> Iterator[Turn]:
        return iter(tuple(self._running.values()))

    def by_trace(self, gateway: str, trace: str) -> Turn | None:
        return self._traced.get(scoped(gateway, trace)) if trace else None

    def by_run(self, gateway: str, run: str) -> Turn | None:
        return self._running.get(scoped(gateway, run)) if run else None

    def follow(self, leaves: Sequence[Leaf]) -> None:
        """Called after every durable batch."""
        for leaf in leaves:
            event = leaf.event
            if event.tag is Tag.DECISION_PERMIT and event.action == Action.RECEIVE and event.run:
                self._admit(event)
            elif event.tag is Tag.RUN_FINISH:
                self._running.pop(scoped(event.gateway, event.run), None)
            elif event.tag in _ENDS:
                for name, turn in list(self._running.items()):
                    if turn.gateway == event.gateway:
                        del self._running[name]

    def _admit(self, event: Event) -> None:
        turn = Turn(
            gateway=event.gateway, agent=event.agent, session=event.session, run=event.run,
            trace=event.trace, who=event.who, cause=event.id,
        )  # fmt: skip
        _remember(self._running, scoped(event.gateway, event.run), turn)
        if event.trace:
            _remember(self._traced, scoped(event.gateway, event.trace), turn)


def _remember(kept: OrderedDict[str, Turn], name: str, turn: Turn) -> None:
    kept[name] = turn
    kept.move_to_end(name)
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
