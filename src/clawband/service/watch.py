"""What passes, looked through for honeytokens and for kept values that should not be there."""

from collections.abc import Iterable

from clawband.model.honeytoken import Place, Sighting
from clawband.model.leak import Copy
from clawband.model.network import Basis
from clawband.service.honeytokens import Honeytokens
from clawband.service.leaks import Leaks
from clawband.service.running import Running


class Watch:
    """Used in one thread, before what passes is decided."""

    def __init__(self, running: Running, honeytokens: Honeytokens, leaks: Leaks) -> None:
        self._running, self._honeytokens, self._leaks = running, honeytokens, leaks

    def found(self, raw: bytes) -> bool:
        """Whether anything in it is worth telling; costs next to nothing when nothing is."""
        return bool(self._honeytokens.found(raw) or self._running.masking.known.names(raw))

    async def met(self, raw: bytes, seen: Sighting) -> None:
        """Tell what is found in it. Durable when it returns."""
        await self._honeytokens.met(self._honeytokens.found(raw), seen)
        copy = Copy(where=f"{seen.place} of {seen.agent or seen.gateway or 'somebody unknown'}",
                    seen=self._running.now(), trail=_trail(seen))  # fmt: skip
        for name in self._unexpected(self._running.masking.known.names(raw), seen):
            await self._leaks.seen(name, raw, copy)

    async def asked_for(self, names: Iterable[str], seen: Sighting) -> None:
        """The broker is asked for secrets of these names."""
        await self._honeytokens.asked_for(names, seen)

    def _unexpected(self, names: Iterable[str], seen: Sighting) -> Iterable[str]:
        """A gateway that was given a value may send it by itself; nothing of an agent may."""
        if seen.place is Place.EGRESS and seen.detail.get("basis") == Basis.STANDING:
            return self._leaks.not_of(seen.gateway, names)
        return names


def _trail(seen: Sighting) -> str:
    return seen.cause or seen.call or seen.run or seen.session
