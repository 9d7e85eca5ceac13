"""Where every credential lies, for people who look: the files of gateways are read again after a
while, since that takes a moment."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from clawband.enforcement.canary import State
from clawband.flows import secret_flow
from clawband.flows.authority import require_some
from clawband.flows.secret_flow import Course, Strand
from clawband.flows.sight import Sight
from clawband.identity.roles import Act
from clawband.model.deployment import Gateway
from clawband.model.person import SignedIn
from clawband.ports.credentials import Reading
from clawband.service.running import Running
from clawband.service.secrets import Secrets
from clawband.service.standings import Standings

FRESH = timedelta(seconds=20)
"""How long a reading holds."""


class SecretFlow:
    """Used in one thread."""

    def __init__(self, running: Running, secrets: Secrets, standings: Standings) -> None:
        self._running, self._secrets, self._standings = running, secrets, standings
        self._read: dict[str, tuple[datetime, Reading]] = {}

    async def courses(self, by: SignedIn) -> Sequence[Course]:
        """One of each gateway that they may look at."""
        require_some(by, Act.LOOK)
        enrolled = self._running.store.enrolled()
        sight, secrets = Sight(by, enrolled), self._secrets.listed(by)
        return [
            secret_flow.course(
                each, await self._reading(each), secrets, governed=self._governed(each)
            )
            for each in enrolled
            if sight.of(each.name)
        ]

    def own(self, by: SignedIn) -> Sequence[Strand]:
        """What Clawband uses itself, for who sees the whole."""
        whole = Sight(by, self._running.store.enrolled()).whole
        return secret_flow.own(self._running.own_uses) if whole else ()

    async def _reading(self, gateway: Gateway) -> Reading | None:
        reader = self._running.credentials.get(gateway.name)
        if reader is None:
            return None
        now = self._running.now()
        at, found = self._read.get(gateway.name, (None, None))
        if at is None or found is None or not at <= now < at + FRESH:
            found = await asyncio.to_thread(reader.read)
            self._read[gateway.name] = now, found
        return found

    def _governed(self, gateway: Gateway) -> bool:
        known = self._standings.of(gateway.name).values()
        return bool(known) and all(each.state is State.GOVERNED for each in known)
