"""The values that are masked, gathered: those of kept secrets, and what opens our own doors."""

from collections.abc import Sequence

from clawband.enforcement.credentials import EGRESS, MODELS
from clawband.flows.secrets import SECRET
from clawband.model.errors import Error, NotFoundError
from clawband.model.event import Leaf, Tag
from clawband.model.secret import OWN, Secret
from clawband.service.callers import Callers
from clawband.service.running import Running
from clawband.service.secrets import Secrets


class KnownValues:
    """What is in the own vault is known before the first question is answered. A vault that is far
    away is asked afterwards, and again until it has told; a value that is used is known before it
    is given to anybody (`Secrets.value`)."""

    def __init__(self, running: Running, secrets: Secrets, callers: Callers) -> None:
        self._running, self._secrets, self._callers = running, secrets, callers
        self.missing: dict[str, str] = {}
        """Secrets of which a value is not masked, by name, and why."""

    async def load(self) -> None:
        for gateway in self._running.store.enrolled():
            self._doors(gateway.name)
        for kept in SECRET.all(self._running.store):
            if kept.value.vault == OWN:
                await self._read(kept.value)
            else:
                self.missing[kept.id] = "its vault was not asked yet"

    async def settle(self) -> None:
        """Ask again for what is missing."""
        for name in tuple(self.missing):
            found = SECRET.find(name, self._running.store)
            del self.missing[name]
            if found:
                await self._read(found.value)

    def follow(self, leaves: Sequence[Leaf]) -> None:
        """Called in the loop after every durable batch."""
        for event in (leaf.event for leaf in leaves):
            if event.tag is Tag.GATEWAY_ENROLL:
                self._doors(event.gateway)

    def _doors(self, gateway: str) -> None:
        for boundary in (EGRESS, MODELS):
            password = self._callers.password(gateway, boundary)
            self._running.masking.learn(f"{gateway} at {boundary}", password.encode())

    async def _read(self, secret: Secret) -> None:
        for version in secret.alive:
            try:
                await self._secrets.value(secret, version.number)
            except NotFoundError:
                continue  # destroyed: nobody can show it
            except Error as error:
                self.missing[secret.name] = error.message
