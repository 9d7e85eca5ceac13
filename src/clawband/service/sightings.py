"""Kept values seen in plain text: each opens the run of a leak, or adds its place to it."""

from collections.abc import Iterable, Sequence

from clawband.flows import leak as leaks
from clawband.flows.accounts import Doing
from clawband.flows.authority import may
from clawband.flows.kept import Kept
from clawband.flows.leak import LEAK, Asked
from clawband.flows.secrets import SECRET, usable
from clawband.identity.roles import Act
from clawband.model.errors import ConflictError
from clawband.model.leak import Copy, Leak
from clawband.model.person import SignedIn
from clawband.openclaw import validation
from clawband.service.copies import Copies
from clawband.service.running import Running
from clawband.service.secrets import Secrets

TRIES = 5


class Sightings:
    """Nobody has to be asked: the value that was seen is the proof."""

    def __init__(self, running: Running, secrets: Secrets, copies: Copies) -> None:
        self._running, self._secrets, self._copies = running, secrets, copies

    async def seen(self, name: str, raw: bytes, copy: Copy) -> None:
        """A value of this secret may stand where it must not be: if it is alive, a run is opened
        at once, or the place is added to the one that is open."""
        kept, secret = self._running_of(name), SECRET.find(name, self._running.store)
        if secret is None or (kept and any(each.where == copy.where for each in kept.value.copies)):
            return
        if versions := await self._copies.standing(secret.value, raw):
            await self._seen(name, versions, copy)

    def not_of(self, gateway: str, names: Iterable[str]) -> Sequence[str]:
        """Those of the secrets that this gateway is not given."""
        kept = ((each, SECRET.find(each, self._running.store)) for each in names)
        return [name for name, each in kept if each and gateway not in each.value.gateways]

    async def found(self, value: bytes, where: str, by: SignedIn) -> str:
        """A scan found this value: the name of the secret that it is of, empty when it is none.

        Who looks there may tell of it, programs too: they have the value in hand.
        """
        found = leaks.by_print(self._secrets.printed(usable(value)), self._running.store)
        if found is None or not may(by, Act.LOOK, found[0].environment):
            return ""
        secret, version = found
        if any(each.number == version for each in secret.alive):
            place = validation.name(where.strip(), "the place", required=True)
            copy = Copy(where=place, seen=self._running.now())
            await self._seen(secret.name, (version,), copy, f"a scan by {by.name}")
        return secret.name

    async def _seen(
        self, name: str, versions: tuple[int, ...], copy: Copy, who: str = "Clawband"
    ) -> None:
        for _ in range(TRIES):
            store, now = self._running.store, self._running.now()
            doing = Doing(by="", now=now, entropy=self._running.entropy())
            kept, secret = self._running_of(name), SECRET.find(name, store)
            if secret is None:
                return
            if kept:
                unit = leaks.seen(kept, copy, doing)
            else:
                how = f"{who} saw the kept value in plain text: {copy.where}"
                asked = Asked(how=how, versions=versions)
                _, unit = leaks.open_(secret.value, asked, store, doing, (copy,))
            if unit is None:
                return
            try:
                await self._running.commit(unit)
            except ConflictError:
                continue  # it was seen somewhere else in the same moment
            return

    def _running_of(self, name: str) -> Kept[Leak] | None:
        known = leaks.OPEN.find(name, self._running.store)
        return LEAK.find(known.value.id, self._running.store) if known else None
