"""Delegations: who decides approvals while somebody is away."""

from collections.abc import Sequence
from datetime import datetime

from clawband.approvals.delegation import Delegation
from clawband.flows import delegate
from clawband.flows.authority import may, require_some
from clawband.identity.roles import Act
from clawband.model.errors import ConflictError
from clawband.model.person import SignedIn
from clawband.service.running import Running


class Delegations:
    """Everybody gives one at a time."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def listed(self, by: SignedIn) -> Sequence[Delegation]:
        """By who gave them; those that only begin later are among them. One's own for who looks at
        one environment."""
        require_some(by, Act.LOOK)
        now, whole = self._running.now(), may(by, Act.LOOK)
        found = [each.value for each in delegate.KIND.all(self._running.store)]
        mine = [each for each in found if whole or by.name in (each.giver, each.to)]
        return [each for each in mine if now < each.until]

    async def add(
        self, to: str, start: datetime | None, until: datetime, purpose: str, by: SignedIn
    ) -> Delegation:
        """From `start`, or from now on. Raises what `flows.delegate.add` raises."""
        now = self._running.now()
        wanted = Delegation(
            giver=by.name, to=to, start=start or now, until=until, purpose=purpose, added=now
        )
        unit = delegate.add(
            wanted, by, people=self._running.store, now=now, entropy=self._running.entropy()
        )
        await self._running.commit(unit)
        return wanted

    async def end(self, giver: str, by: SignedIn) -> None:
        """At once: the next yes counts without it."""
        unit = delegate.end(
            giver, by, people=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)

    async def expire(self) -> None:
        """Record the end of those whose time is over."""
        units = delegate.over(
            self._running.store, now=self._running.now(), entropy=self._running.entropy()
        )
        for unit in units:
            try:
                await self._running.commit(unit)
            except ConflictError:
                continue  # somebody ended it in the same instant, and that counts
