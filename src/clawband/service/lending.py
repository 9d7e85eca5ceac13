"""Values of secrets for gateways: given to a configuration that refers to them, or a placeholder.

What is lent is on record before it leaves, and so is what was refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clawband.flows import lend
from clawband.flows.decide import Moment
from clawband.flows.secrets import LIST, SECRET
from clawband.model.access import Deny, Reason, Request
from clawband.model.deployment import Gateway
from clawband.model.errors import Error, InputError, UnavailableError
from clawband.model.event import Event, Tag
from clawband.model.honeytoken import Place, Sighting
from clawband.model.secret import IN_PATH, Secret, Target
from clawband.ports.unit import Unit
from clawband.service.running import Running
from clawband.service.secrets import Secrets
from clawband.service.watch import Watch

MOST_BYTES = 8_192
"""Of a value that is put on a request."""
_VISIBLE = frozenset(range(32, 127))
_IN_PATH = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:")
MOST = 512
"""Of one question: as many as OpenClaw asks for at once."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What becomes of one name: a value, or why there is none."""

    value: str = ""
    found: bool = True
    """Whether the gateway may know that there is such a secret."""


@dataclass(frozen=True, slots=True)
class Lent:
    """A value on its way to a request: in this field, or in the path in place of `stands`."""

    name: str
    header: str
    stands: str
    written: str

    @property
    def of_path(self) -> bool:
        return self.header == IN_PATH

    @classmethod
    def of(cls, name: str, target: Target, mark: str, value: bytes) -> "Lent":
        """Raises `UnavailableError` for a value that cannot stand there."""
        able = _IN_PATH if target.header == IN_PATH else _VISIBLE
        if len(value) > MOST_BYTES or not able.issuperset(value):
            raise UnavailableError(
                f"the value of `{name}` cannot be put on a request",
                remedy=f"set one of 1 to {MOST_BYTES} bytes that may stand there",
            )
        stands, written = (target.form.replace("{}", each) for each in (mark, value.decode()))
        return cls(name, target.header, stands, written)


class Lending:
    """Each use is decided by `flows/lend.py` from the secret as it is now."""

    def __init__(self, running: Running, secrets: Secrets) -> None:
        self._running, self._secrets = running, secrets
        self.watch: Watch | None = None

    async def resolve(self, gateway: Gateway, names: Sequence[str]) -> Mapping[str, Asked]:
        """For the configuration of this gateway. Raises `InputError` for too many, and what the
        store raises: then nothing was lent."""
        if len(names) > MOST:
            raise InputError(
                f"expected at most {MOST} names, got {len(names)}", remedy="ask for fewer at once"
            )
        if self.watch:
            await self.watch.asked_for(names, Sighting(place=Place.BROKER, gateway=gateway.name))
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
            value = (await self._read(secret)).decode()
        except (Error, UnicodeDecodeError) as error:
            why = error.message if isinstance(error, Error) else "its value is no text"
            told = lend.told(Tag.SECRET_REFUSE, name, gateway, "unavailable", moment, because=why)
            return Asked(), told
        return Asked(value), lend.told(
            Tag.SECRET_LEND, name, gateway, "value", moment, version=version(secret)
        )

    async def put_on(
        self, name: str, gateway: Gateway, request: Request, cause: str, *,
        host: str, method: str, path: str,
    ) -> "Lent | Deny":  # fmt: skip
        """For a request that was permitted as `cause`. Raises what the vault and the store raise:
        then nothing was lent."""
        found = SECRET.find(name, self._running.store)
        mark = self.placeholder(name, gateway)
        moment = Moment(now=self._running.now(), entropy=self._running.entropy())
        if found is None:
            unknown = Deny((Reason("secrets/unknown", f"there is no secret `{name[:60]}`"),), LIST)
            return await self._refused(unknown, name, request, cause, moment)
        secret = found.value
        target = lend.put_on(secret, gateway, host=host, method=method, path=path, mark=mark)
        if isinstance(target, Deny):
            return await self._refused(target, name, request, cause, moment)
        lent = Lent.of(name, target, mark, await self._read(secret))
        told = lend.used(
            Tag.SECRET_LEND, name, request, cause, "put on", moment, version=version(secret)
        )
        await self._running.commit(Unit([told]))
        return lent

    async def _read(self, secret: Secret) -> bytes:
        """Its value, if it may still be had by then: a vault may take seconds, in which it leaked
        or was taken from the gateway. Raises `UnavailableError`, and what a vault raises."""
        value = await self._secrets.value(secret)
        found, was = SECRET.find(secret.name, self._running.store), version(secret)
        alive = found.value.alive if found else ()
        same = any(each.number == was and not each.leaked for each in alive)
        if not found or not same or _for(found.value) != _for(secret):
            raise UnavailableError(
                f"`{secret.name}` was changed in this moment", remedy="ask for it again"
            )
        return value

    async def misplaced(self, request: Request, cause: str) -> None:
        """A request had a placeholder where no value goes."""
        moment = Moment(now=self._running.now(), entropy=self._running.entropy())
        why = "a placeholder stood where no value goes"
        told = lend.used(Tag.SECRET_REFUSE, "", request, cause, "refused", moment, because=why)
        await self._running.commit(Unit([told]))

    async def _refused(
        self, decision: Deny, name: str, request: Request, cause: str, moment: Moment
    ) -> Deny:
        because = decision.reasons[0].because
        told = lend.used(
            Tag.SECRET_REFUSE, name, request, cause, "refused", moment, because=because
        )
        await self._running.commit(Unit([told]))
        return decision

    def placeholder(self, secret: str, gateway: Gateway) -> str:
        return lend.placeholder(secret, gateway.name, self._running.prints)


def _for(secret: Secret) -> tuple[object, ...]:
    """Whom it is for."""
    return (secret.environment, secret.gateways, secret.targets)


def version(secret: Secret) -> int:
    """The number of the value that is lent."""
    return secret.current.number if secret.current else 0
