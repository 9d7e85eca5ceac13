"""What passes, looked through for honeytokens and for kept values that should not be there."""

from collections.abc import Iterable, Sequence

from clawband.flows.ask_model import Caller
from clawband.flows.lured import sighting, words
from clawband.model.access import Principal
from clawband.model.deployment import Gateway
from clawband.model.honeytoken import Place, Sighting
from clawband.model.leak import Copy
from clawband.model.network import Basis
from clawband.openclaw.hooks import Asked
from clawband.service.lures import Lures
from clawband.service.running import Running
from clawband.service.sightings import Sightings


class Watch:
    """Used in one thread, before what passes is decided. What is told is durable on return."""

    def __init__(self, running: Running, lures: Lures, sightings: Sightings) -> None:
        self._running, self._lures, self._sightings = running, lures, sightings

    def found(self, raw: bytes) -> bool:
        """Whether anything in it is worth telling; costs next to nothing when nothing is."""
        return bool(self._lures.found(raw) or self._running.masking.known.names(raw))

    async def met(self, raw: bytes, seen: Sighting) -> None:
        """Tell what is found in it."""
        await self._lures.met(self._lures.found(raw), seen)
        where = f"{seen.place} of {seen.agent or seen.gateway or 'somebody unknown'}"
        copy = Copy(where=where, seen=self._running.now(), trail=_trail(seen))
        for name in self._unexpected(self._running.masking.known.names(raw), seen):
            await self._sightings.seen(name, raw, copy)

    async def question(self, question: Asked, gateway: Gateway) -> None:
        """What a plugin asks about."""
        said = words(question)
        if self.found(said):
            await self.met(said, sighting(question, gateway))

    async def prompt(self, caller: Caller, texts: Sequence[str]) -> None:
        """What a model is asked."""
        await self._texts(Place.PROMPT, caller, texts)

    async def answer(self, caller: Caller, texts: Sequence[str], cause: str) -> None:
        """What a model said; `cause` is the decision that let it be asked."""
        await self._texts(Place.ANSWER, caller, texts, cause)

    async def asked_for(self, names: Iterable[str], seen: Sighting) -> None:
        """The broker is asked for secrets of these names."""
        await self._lures.asked_for(names, seen)

    async def _texts(
        self, place: Place, caller: Caller, texts: Sequence[str], cause: str = ""
    ) -> None:
        raw = "\n".join(texts).encode("utf-8", "replace")
        if self.found(raw):
            name = caller.gateway.name
            seen = Sighting(
                place=place, gateway=name, agent=Principal(name, caller.agent).id,
                session=caller.session, run=caller.run, trace=caller.trace, cause=cause,
            )  # fmt: skip
            await self.met(raw, seen)

    def _unexpected(self, names: Iterable[str], seen: Sighting) -> Iterable[str]:
        """A gateway that was given a value may send it by itself; nothing of an agent may."""
        if seen.place is Place.EGRESS and seen.detail.get("basis") == Basis.STANDING:
            return self._sightings.not_of(seen.gateway, names)
        return names


def _trail(seen: Sighting) -> str:
    return seen.cause or seen.call or seen.run or seen.session
