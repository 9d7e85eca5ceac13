"""Secrets that are in nobody's use, too old, or where they do not belong; and what to do."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from clawband.flows.use import Uses
from clawband.model.secret import Secret, State

OLD = timedelta(days=365)
LINGERS = timedelta(days=7)


class Why(StrEnum):
    """The gravest first."""

    SHARED = "shared"
    """Another secret has the same value, most gravely one of another environment."""
    LINGERING = "lingering"
    """A value that was replaced still opens what it opened."""
    UNUSED = "unused"
    IDLE = "idle"
    """One of those that are given it does not ask for it."""
    NOBODY = "nobody"
    """Nobody is given it."""
    EMPTY = "empty"
    """It never had a value."""
    OLD = "old"
    ORPHAN = "orphan"
    """Its owner has no account here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """`remedy` is the command that mends it."""

    secret: str
    environment: str
    why: Why
    says: str
    remedy: str
    last: datetime | None = None
    """When it was last used, as far as the log tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """At what. `own` are the secrets that Clawband uses itself, which the log does not tell."""

    secrets: Sequence[Secret]
    uses: Uses
    people: frozenset[str]
    own: frozenset[str]
    now: datetime
    window: timedelta = field(default=timedelta(days=90))

    @property
    def told(self) -> bool:
        """Whether the log reaches back far enough to say that something was not used."""
        since = self.uses.since
        return self.uses.complete and since is not None and since <= self.now - self.window

    def consumers(self, secret: Secret) -> Mapping[str, datetime]:
        """When each gateway, or agent at a host, was last lent it."""
        return self.uses.all(f"Secret::{secret.name}")

    def last(self, secret: Secret) -> datetime | None:
        return max(self.consumers(secret).values(), default=None)


def findings(looked: Looked) -> Sequence[Stale]:
    """The gravest first, then by name."""
    found = [each for secret in looked.secrets for each in _of(secret, looked)]
    order = list(Why)
    return sorted(found, key=lambda each: (order.index(each.why), each.secret))


def _of(secret: Secret, looked: Looked) -> Iterator[Stale]:
    for why, says, remedy in (
        *_shared(secret, looked.secrets), *_lingering(secret, looked.now),
        *_unused(secret, looked), *_aged(secret, looked.now), *_orphan(secret, looked.people),
    ):  # fmt: skip
        yield Stale(
            secret=secret.name, environment=secret.environment, why=why, says=says,
            remedy=remedy, last=looked.last(secret),
        )  # fmt: skip


Told = tuple[Why, str, str]


def _shared(secret: Secret, others: Iterable[Secret]) -> Iterator[Told]:
    """One finding for all that have its value in other environments; of those in its own the first
    by name speaks for the others."""
    mine = {each.print for each in secret.alive}
    same = [
        each for each in others
        if each.name != secret.name and mine & {one.print for one in each.alive}
    ]  # fmt: skip
    apart = [each for each in same if each.environment != secret.environment]
    if apart:
        named = ", ".join(f"`{each.name}` of {each.environment}" for each in apart)
        yield Why.SHARED, f"it has the value of {named}", f"clawband secret set {secret.name}"
    beside = sorted(each.name for each in same if each not in apart)
    if beside and secret.name < beside[0]:
        named = ", ".join(f"`{each}`" for each in beside)
        yield (
            Why.SHARED,
            f"its value is also kept as {named}",
            f"clawband secret remove {beside[0]}",
        )


def _lingering(secret: Secret, now: datetime) -> Iterator[Told]:
    previous = [each for each in secret.versions if each.state is State.PREVIOUS]
    current = secret.current
    if previous and current and now - current.made >= LINGERS:
        numbers = ", ".join(str(each.number) for each in previous)
        yield (
            Why.LINGERING,
            f"version {numbers} was replaced {(now - current.made).days} days ago and was not "
            "seen dead",
            f"clawband rotate {secret.name} --at-once",
        )


def _unused(secret: Secret, looked: Looked) -> Iterator[Told]:
    if secret.name in looked.own:
        return
    remove = f"clawband secret remove {secret.name}"
    if secret.current is None:
        if looked.now - secret.added >= LINGERS:
            yield Why.EMPTY, "it never had a value", remove
        return
    if not (secret.gateways or secret.targets):
        yield Why.NOBODY, "it names no gateway and no host, so nobody is given it", remove
        return
    edge, last = looked.now - looked.window, looked.last(secret)
    if not looked.told or secret.added > edge:
        return
    if last is None or last < edge:
        when = f"last {last:%Y-%m-%d}" if last else "never"
        yield Why.UNUSED, f"it was not lent in {looked.window.days} days ({when})", remove
        return
    used = looked.consumers(secret)
    for gateway in secret.gateways:
        at = max((at for who, at in used.items() if _is(who, gateway)), default=None)
        if at is None or at < edge:
            yield (
                Why.IDLE,
                f"`{gateway}` did not ask for it in {looked.window.days} days",
                f"clawband secret change {secret.name} --without-gateway {gateway}",
            )


def _is(consumer: str, gateway: str) -> bool:
    return consumer.partition(" ")[0].partition("/")[0] == gateway


def _aged(secret: Secret, now: datetime) -> Iterator[Told]:
    current = secret.current
    if current and now - current.made >= OLD:
        days = (now - current.made).days
        yield Why.OLD, f"its value is {days} days old", f"clawband rotate {secret.name}"


def _orphan(secret: Secret, people: frozenset[str]) -> Iterator[Told]:
    if secret.owner not in people:
        yield (
            Why.ORPHAN,
            f"its owner `{secret.owner}` has no account here",
            f"clawband secret change {secret.name} --owner NAME",
        )
