"""Values of secrets for gateways: given to a configuration that refers to them, or a placeholder.

What is lent is on record before it leaves, and so is what was refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clawband.flows import lend
from clawband.flows.decide import Moment
from clawband.flows.secrets import SECRET
from clawband.model.access import Deny
from clawband.model.deployment import Gateway
from clawband.model.errors import Error, InputError
from clawband.model.event import Event, Tag
from clawband.model.secret import Secret
from clawband.ports.unit import Unit
from clawband.service.running import Running
from clawband.service.secrets import Secrets

MOST = 512
"""Of one question: as many as OpenClaw asks for at once."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What becomes of one name: a value, or why there is none."""

    value: str = ""
    found: bool = True
    """Whether the gateway may know that there is such a secret."""


class Lending:
    """Each use is decided by `flows/lend.py` from the secret as it is now."""

    def __init__(self, running: Running, secrets: Secrets) -> None:
        self._running, self._secrets = running, secrets

    async def resolve(self, gateway: Gateway, names: Sequence[str]) -> Mapping[str, Asked]:
        """For the configuration of this gateway. Raises `InputError` for too many, and what the
        store raises: then nothing was lent."""
        if len(names) > MOST:
            raise InputError(
                f"expected at most {MOST} names, got {len(names)}", remedy="ask for fewer at once"
            )
        answers: dict[str, Asked] = {}
        events = []
        entropy = self._running.entropy()
        for number, name in enumerate(dict.fromkeys(names)):
            moment = Moment(now=self._running.now(), entropy=number.to_bytes(3, "big") + entropy)
            answers[name], event = await self._one(gateway, name, moment)
            events.append(event)
        if events:
            await self._running.commit(Unit(events))
        return answers

    async def _one(self, gateway: Gateway, name: str, moment: Moment) -> tuple[Asked, Event]:
        found = SECRET.find(name, self._running.store)
        if found is None:
            why = "there is no such secret"
            told = lend.told(Tag.SECRET_REFUSE, name, gateway, "refused", moment, because=why)
            return Asked(found=False), told
        secret = found.value
        if lend.stands_in(secret, gateway):
            told = lend.told(Tag.SECRET_LEND, name, gateway, "placeholder", moment)
            return Asked(self.placeholder(name, gateway)), told
        decision = lend.resolve(secret, gateway)
        if isinstance(decision, Deny):
            why = decision.reasons[0].because
            told = lend.told(Tag.SECRET_REFUSE, name, gateway, "refused", moment, because=why)
            return Asked(found=False), told
        try:
            value = (await self._secrets.value(secret)).decode()
        except (Error, UnicodeDecodeError) as error:
            why = error.message if isinstance(error, Error) else "its value is no text"
            told = lend.told(Tag.SECRET_REFUSE, name, gateway, "unavailable", moment, because=why)
            return Asked(), told
        return Asked(value), lend.told(
            Tag.SECRET_LEND, name, gateway, "value", moment, version=version(secret)
        )

    def placeholder(self, secret: str, gateway: Gateway) -> str:
        return lend.placeholder(secret, gateway.name, self._running.prints)


def version(secret: Secret) -> int:
    """The number of the value that is lent."""
    return secret.current.number if secret.current else 0
