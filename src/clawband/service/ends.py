"""What became of connections at the egress boundary, on record."""

from clawband.flows.record import became
from clawband.model import ids
from clawband.model.digest import Json
from clawband.model.event import Event, Tag
from clawband.ports.unit import Unit
from clawband.service.passages import Passage, Traffic
from clawband.service.running import Running


class Ends:
    """Takes them out of what goes through the boundary now."""

    def __init__(self, running: Running, traffic: Traffic) -> None:
        self._running, self._traffic = running, traffic

    async def reject(self, gateway: str, category: str, reason: str, count: int = 1) -> None:
        """Turned away without a decision, so many times: nobody we know, or far too often."""
        now = self._running.now()
        event = Event(
            id=ids.new("evt", now, self._running.entropy()), at=now, tag=Tag.EGRESS_REFUSE,
            gateway=gateway, outcome="refused",
            detail={"category": category, "reason": reason[:300], "count": count},
        )  # fmt: skip
        await self._running.commit(Unit([event]))

    async def refused(self, passage: Passage, category: str, reason: str) -> None:
        """It was permitted, and went no further: its name or its address is not to be used."""
        self._traffic.open.discard(passage)
        detail: dict[str, Json] = {"category": category, "reason": reason[:300]}
        await self._tell(Tag.EGRESS_REFUSE, passage, "refused", detail)

    async def closed(self, passage: Passage, why: str) -> None:
        """It is over; how much went through it is in the passage."""
        now = self._running.now()
        self._traffic.remove(passage, now)
        if passage.part:
            return
        await self._tell(Tag.EGRESS_CLOSE, passage, "closed", passage.told(now, why))

    async def _tell(
        self, tag: Tag, passage: Passage, outcome: str, detail: dict[str, Json]
    ) -> None:
        event = became(tag, passage.request, passage.id, self._running.now(), outcome, detail,
                     entropy=self._running.entropy())  # fmt: skip
        await self._running.commit(Unit([event]))
