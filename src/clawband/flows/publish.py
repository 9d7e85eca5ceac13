"""Policy administration: build a set from files, activate it, go back to the one before."""

from collections.abc import Mapping
from datetime import datetime

from clawband.model import ids
from clawband.model.deployment import Tool
from clawband.model.errors import ConflictError, InputError, InvariantError
from clawband.model.event import Event, Tag
from clawband.openclaw import validation
from clawband.policy.sets import PolicySet, build
from clawband.ports.shelf import Shelf
from clawband.ports.store import Ledger
from clawband.ports.unit import ActivatePolicy, Unit


def publish(
    files: Mapping[str, str],
    by: str,
    note: str,
    *,
    shelf: Shelf,
    catalogue: Mapping[str, Tool],
    now: datetime,
    entropy: bytes,
) -> tuple[PolicySet, Unit]:
    """Validate and keep a set, and the unit that makes it the active one.

    Raises `InputError` with every problem found; the active set stays what it was.
    """
    built = keep(files, shelf, catalogue)
    # If we stop here the set is kept and not active: publishing again does no harm.
    return built, _activation(built.digest, by, note, now, entropy)


def keep(files: Mapping[str, str], shelf: Shelf, catalogue: Mapping[str, Tool]) -> PolicySet:
    """Validate a set and keep it. Raises `InputError`."""
    built = build(files, catalogue)
    shelf.keep(built.digest, files)
    return built


def activate(
    digest: str,
    by: str,
    note: str,
    *,
    shelf: Shelf,
    catalogue: Mapping[str, Tool],
    now: datetime,
    entropy: bytes,
) -> tuple[PolicySet, Unit]:
    """A set that is kept, and the unit for it. Raises `InvariantError` when it was altered."""
    return _read(digest, shelf, catalogue), _activation(digest, by, note, now, entropy)


def earlier(ledger: Ledger) -> str:
    """The digest of the newest set before the active one that differs from it.

    Raises `ConflictError` when there is none.
    """
    activations = ledger.activations()
    for each in activations[1:]:
        if each.digest != activations[0].digest:
            return each.digest
    raise ConflictError(
        "there is no earlier policy set to go back to", remedy="publish the set you want"
    )


def roll_back(
    by: str,
    *,
    ledger: Ledger,
    shelf: Shelf,
    catalogue: Mapping[str, Tool],
    now: datetime,
    entropy: bytes,
) -> tuple[PolicySet, Unit]:
    """The newest set before the active one that differs from it, and the unit for it."""
    digest, active = earlier(ledger), ledger.activations(limit=1)[0].digest
    note = f"rolled back from {active}"
    return activate(digest, by, note, shelf=shelf, catalogue=catalogue, now=now, entropy=entropy)


def in_force(ledger: Ledger, shelf: Shelf, catalogue: Mapping[str, Tool]) -> PolicySet | None:
    """The active set, read from the shelf and checked; None when none was ever activated.

    Raises `InvariantError` or `InputError` when it is missing or was altered: then nothing is
    permitted until a set is published again.
    """
    newest = ledger.activations(limit=1)
    return _read(newest[0].digest, shelf, catalogue) if newest else None


def refused(problem: InputError, by: str, *, now: datetime, entropy: bytes) -> Event:
    """The record of a set that was not accepted."""
    return Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=Tag.POLICY_REFUSE,
        who=by,
        outcome="refused",
        detail={"problem": validation.visible(problem.message[:1000])},
    )


def _read(digest: str, shelf: Shelf, catalogue: Mapping[str, Tool]) -> PolicySet:
    built = build(shelf.files(digest), catalogue)
    if built.digest != digest:
        raise InvariantError(
            f"the kept policy set `{digest[:19]}…` was altered: its digest is now "
            f"`{built.digest[:19]}…`",
            remedy="publish the policy again with `clawband policy publish`",
        )
    return built


def _activation(digest: str, by: str, note: str, now: datetime, entropy: bytes) -> Unit:
    event = Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=Tag.POLICY_ACTIVATE,
        who=by,
        resource=f"Policy::{digest}",
        outcome="active",
        policy=digest,
        detail={"note": note} if note else {},
    )
    return Unit([event], [ActivatePolicy(digest, by, now, note)])
