"""The second witness at work: it hears models call tools, and reads in the log who was asked."""

from collections.abc import Iterable, Sequence

from clawband.enforcement.witness import Call, Doubt, Watch
from clawband.flows import witness
from clawband.model.event import Leaf
from clawband.ports.unit import Unit
from clawband.service.running import Running


class Witness:
    """What models did through here beside what the guard was asked. For the reconciler too."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._watch = Watch()
        self._unseen: list[tuple[Call, Doubt]] = []

    def calls(self, gateway: str = "") -> tuple[Call, ...]:
        """Every call that a model made through here in the last half hour, oldest first."""
        return self._watch.calls(gateway)

    def model_asked(self, gateway: str, run: str) -> None:
        self._watch.model_asked(gateway, run)

    def made(self, calls: Iterable[Call]) -> None:
        """A model made these calls; called before the gateway hears of them."""
        for call in calls:
            self._watch.made(call)

    async def shown(
        self, gateway: str, run: str, trace: str, results: Sequence[tuple[str, str]]
    ) -> None:
        """A model is about to be shown these results."""
        await self._tell(list(self._watch.shown(gateway, run, trace, results)))

    async def check(self) -> int:
        """By the clock: record what nobody asked about in time, and what no model made."""
        unseen, self._unseen = self._unseen, []
        found = [*unseen, *self._watch.due(self._running.now())]
        await self._tell(found)
        return len(found)

    def follow(self, leaves: Sequence[Leaf]) -> None:
        """Called in the loop after every durable batch."""
        for leaf in leaves:
            if said := witness.asked(leaf):
                call, outer = said
                if doubt := self._watch.asked(call, outer):
                    self._unseen.append((call, doubt))

    async def _tell(self, found: Sequence[tuple[Call, Doubt]]) -> None:
        if not found:
            return
        now, unit = self._running.now(), Unit()
        for call, doubt in found:
            unit.events.append(
                witness.noticed(call, doubt, now=now, entropy=self._running.entropy())
            )
        await self._running.commit(unit)
