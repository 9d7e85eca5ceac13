"""Where every credential of a deployment lies, who has it in hand, and what it opens.

Drawn from what is configured: the files of each gateway, and the secrets that are kept here. Never
a value.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clawband.flows import lend
from clawband.model.access import Permit
from clawband.model.deployment import Gateway
from clawband.model.secret import OWN, Secret
from clawband.openclaw.config import ID
from clawband.openclaw.credentials import Source
from clawband.ports.credentials import MAIN, Found, Reading


class Reach(StrEnum):
    """How near an agent is to a value, the nearest first."""

    OPEN = "open"
    """In a file that the agents' commands and tools can read."""
    GUARDED = "guarded"
    """In a file that only the proved guard keeps from them."""
    NEAR = "near"
    """In no configuration, but in clear beside it: the environment, another file, its store."""
    ELSEWHERE = "elsewhere"
    """Told to the gateway by a program that is not ours."""
    BROKEN = "broken"
    """Referred to as ours, and not given."""
    GIVEN = "given"
    """Told to the gateway by us, when it starts or loads anew; in no file."""
    LENT = "lent"
    """Put on at the boundary: the agent and the gateway have a placeholder."""
    KEPT = "kept"
    """Used by Clawband itself; it never leaves it."""


UNSAFE = frozenset({Reach.OPEN, Reach.GUARDED, Reach.NEAR})
_VAULT = "Clawband's vault"
_NEAR = {
    Source.ENV: "its environment",
    Source.FILE: "another file",
    Source.STORE: "OpenClaw's store",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """One credential on its way."""

    gateway: str
    """Empty for what Clawband uses itself."""
    environment: str
    key: str
    """The way in a configuration, or what Clawband uses it for."""
    reach: Reach
    place: str
    """Where the value lies: a file of the gateway, or a vault."""
    hand: str
    """Who has it in hand when it is used."""
    to: tuple[str, ...]
    """What it opens."""
    secret: str = ""
    """The name of the secret of ours."""
    mend: str = ""
    """The command that mends it; empty where nothing is wrong or no command does."""
    because: str = ""
    """What is wrong with it, or why it cannot be mended by a command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """All of one gateway, the nearest to its agents first."""

    gateway: Gateway
    governed: bool
    """Whether its agents' guard is proved now."""
    strands: tuple[Strand, ...]
    problems: tuple[str, ...] = ()
    """What could not be read."""

    @property
    def unsafe(self) -> tuple[Strand, ...]:
        return tuple(each for each in self.strands if each.reach in UNSAFE)

    @property
    def safe(self) -> tuple[Strand, ...]:
        return tuple(each for each in self.strands if each.reach not in UNSAFE)


@dataclass(frozen=True, slots=True)
class OwnUse:
    """A credential that Clawband uses itself: for what, where its value lies, what it opens."""

    key: str
    place: str
    to: str


def own(uses: Iterable[OwnUse]) -> Sequence[Strand]:
    """What never leaves Clawband."""
    return [
        Strand(gateway="", environment="", key=each.key, reach=Reach.KEPT, place=each.place,
               hand="Clawband", to=(each.to,))
        for each in uses
    ]  # fmt: skip


def course(
    gateway: Gateway, reading: Reading | None, secrets: Sequence[Secret], *, governed: bool
) -> Course:
    """`reading` is None for a gateway whose files nobody knows of here."""
    known = {each.name: each for each in secrets}
    told = reading or Reading(problems=("no `config` is named for it in `clawband.toml`",))
    found = [_configured(gateway, each, told, known, governed=governed) for each in told.found]
    referred = {each.secret for each in found}
    found += _lent(gateway, secrets, referred)
    order = list(Reach)
    return Course(
        gateway=gateway,
        governed=governed,
        strands=tuple(sorted(found, key=lambda each: order.index(each.reach))),
        problems=told.problems,
    )


def _configured(
    gateway: Gateway, found: Found, reading: Reading, known: dict[str, Secret], *, governed: bool
) -> Strand:
    held = found.held
    secret = known.get(held.id) if held.provider == ID else None
    reach, place, because = _reach(found, reading, governed=governed)
    if held.provider == ID:
        because = _unanswered(held.id, secret, gateway)
        reach = Reach.BROKEN if because else Reach.GIVEN
    if secret and lend.stands_in(secret, gateway):
        reach = Reach.LENT
    return Strand(
        gateway=gateway.name,
        environment=gateway.environment,
        key=held.name,
        reach=reach,
        place=_vault(secret) if secret else place,
        hand="egress proxy" if reach is Reach.LENT else "gateway",
        to=_hosts(secret) if secret and reach is Reach.LENT else tuple(filter(None, (found.to,))),
        secret=held.id if held.provider == ID else "",
        mend=_mend(gateway, found) if reach in UNSAFE else "",
        because=because,
    )


def _reach(found: Found, reading: Reading, *, governed: bool) -> tuple[Reach, str, str]:
    """How near, where, and what is wrong with it."""
    held = found.held
    if held.source is Source.VALUE:
        reach = Reach.GUARDED if governed else Reach.OPEN
        if found.file != MAIN:
            return reach, found.file, "a copy: revoke the value, then remove the file"
        kind = "OpenClaw takes a value only here" if not held.referable else ""
        return reach, found.file, kind
    if held.source is Source.EXEC:
        if held.provider == ID:
            return Reach.GIVEN, _VAULT, ""
        told = reading.providers.get(held.provider)
        program = told.command.rpartition("/")[2] if told else ""
        return Reach.ELSEWHERE, program or f"provider {held.provider}", ""
    return Reach.NEAR, _NEAR[held.source], ""


def _unanswered(name: str, secret: Secret | None, gateway: Gateway) -> str:
    """Why a reference to ours is not answered; empty when it is. `name` may be hidden."""
    if not name:
        return ""
    if secret is None:
        return "there is no such secret, so the gateway does not get it"
    told = lend.resolve(secret, gateway)
    if isinstance(told, Permit) or lend.stands_in(secret, gateway):
        return ""
    return told.reasons[0].because


def _mend(gateway: Gateway, found: Found) -> str:
    """Only a reference in the configuration itself can take the place of a value."""
    if found.file == MAIN and found.held.referable:
        return f"clawband secret import --gateway {gateway.name}"
    return ""


def _lent(gateway: Gateway, secrets: Sequence[Secret], referred: Iterable[str]) -> Iterator[Strand]:
    """What the boundary puts on without the configuration knowing of it."""
    for each in secrets:
        targeted = each.targets and each.environment == gateway.environment
        if targeted and each.current and each.name not in referred:
            yield Strand(
                gateway=gateway.name,
                environment=gateway.environment,
                key=each.name,
                reach=Reach.LENT,
                place=_vault(each),
                hand="egress proxy",
                to=_hosts(each),
                secret=each.name,
            )


def _vault(secret: Secret) -> str:
    return _VAULT if secret.vault == OWN else f"vault {secret.vault}"


def _hosts(secret: Secret) -> tuple[str, ...]:
    return tuple(sorted({host for each in secret.targets for host in each.hosts}))
