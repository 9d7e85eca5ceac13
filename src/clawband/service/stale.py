"""Which secrets are unused, old, shared or nobody's."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from clawband.flows import stale
from clawband.flows.authority import may, require_some
from clawband.flows.secrets import SECRET
from clawband.flows.stale import Looked, Stale
from clawband.identity.roles import Act
from clawband.model.errors import InputError
from clawband.model.person import SignedIn
from clawband.service.access import Access
from clawband.service.running import Running

MOST_DAYS = 3_650
DAYS = 90
_OWN = "secret "
"""How a use of Clawband's own names a kept secret as its place."""


class Staleness:
    """From what is kept, and from the last uses that the log tells."""

    def __init__(self, running: Running, access: Access) -> None:
        self._running, self._access = running, access

    async def found(self, by: SignedIn, days: int = DAYS) -> Sequence[Stale]:
        """Of the environments that they may look at, the gravest first. That two secrets have one
        value is told to who may see both. Raises `InputError`."""
        require_some(by, Act.LOOK)
        if not 1 <= days <= MOST_DAYS:
            raise InputError(f"expected 1 to {MOST_DAYS} days, got {days}", remedy="give fewer")
        return await asyncio.to_thread(self._found, by, timedelta(days=days))

    def _found(self, by: SignedIn, window: timedelta) -> Sequence[Stale]:
        store = self._running.store
        every = [each.value for each in SECRET.all(store)]
        own = {each.place.removeprefix(_OWN) for each in self._running.own_uses}
        own |= {name for each in every if each.plan for name in each.plan.options.values()}
        return stale.findings(
            Looked(
                secrets=[each for each in every if may(by, Act.LOOK, each.environment)],
                uses=self._access.uses, people=frozenset(each.name for each in store.operators()),
                own=frozenset(own), now=self._running.now(), window=window,
            )
        )  # fmt: skip
