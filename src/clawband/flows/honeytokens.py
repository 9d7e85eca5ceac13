"""Honeytokens: planted, taken away, and told of when somebody uses one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clawband.flows.accounts import Doing
from clawband.flows.kept import Kept, Kind
from clawband.flows.secrets import NAME, SECRET, printed
from clawband.labels.lures import KINDS, Lure, lure
from clawband.model import ids
from clawband.model.control import Control, ControlKind
from clawband.model.digest import Json
from clawband.model.errors import ConflictError, InputError
from clawband.model.event import Event, Tag
from clawband.model.honeytoken import AGAIN, Honeytoken, Sighting
from clawband.openclaw import validation
from clawband.openclaw.places import carries
from clawband.ports.store import Documents
from clawband.ports.unit import SetControl, Unit

HONEYTOKEN = Kind("honeytoken", Honeytoken)
LIST = "list them with `clawband honeytoken list`"
SOURCES = 64
"""The newest that are remembered of one honeytoken."""
GUARD = "clawband"
"""Who pauses an agent that used one."""
_PROMPTED = frozenset({"instructions", "identity"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to plant. With `file` we write it, else they do."""

    kind: str
    where: str
    environment: str = ""
    gateway: str = ""
    agent: str = ""
    file: str = ""
    secret: str = ""


def plant(
    asked: Asked, seed: bytes, prints: bytes, documents: Documents, doing: Doing
) -> tuple[str, Honeytoken, Lure, Unit]:
    """Its id, what is kept of it, the value, and the unit. Raises `InputError`, and
    `ConflictError` when there is a secret of that name."""
    made = lure(_checked(asked, documents).kind, seed)
    new = ids.new("hny", doing.now, doing.entropy[16:])
    token = Honeytoken(
        kind=asked.kind, where=asked.where.strip(), by=doing.by, planted=doing.now,
        marks=made.marks, prints=tuple(printed(each.encode(), prints) for each in made.values),
        environment=asked.environment, gateway=asked.gateway, agent=asked.agent, file=asked.file,
        secret=asked.secret,
    )  # fmt: skip
    told = _event(Tag.HONEYTOKEN_PLANT, new, token, "planted", doing)
    return new, token, made, Unit([told], [HONEYTOKEN.new(new, token)])


def remove(kept: Kept[Honeytoken], doing: Doing) -> Unit:
    """From now on its use is no alarm any more."""
    told = _event(Tag.HONEYTOKEN_REMOVE, kept.id, kept.value, "removed", doing)
    return Unit([told], [HONEYTOKEN.drop(kept)])


def used(
    kept: Kept[Honeytoken],
    seen: Sighting,
    *,
    pause: Control | None,
    now: datetime,
    entropy: bytes,
) -> Unit | None:
    """What tells of it; None when the same source was told of within the hour.

    `pause` holds with it: no question of that agent is permitted afterwards.
    """
    token = kept.value
    last = token.told.get(seen.source)
    if last is not None and now - last < AGAIN:
        return None
    newest = sorted({**token.told, seen.source: now}.items(), key=lambda each: each[1])[-SOURCES:]
    told = Event(
        id=ids.new("evt", now, entropy), at=now, tag=Tag.HONEYTOKEN_USE, gateway=seen.gateway,
        agent=seen.agent, action=f"honeytoken:{seen.place}", resource=f"Honeytoken::{kept.id}",
        outcome=seen.outcome, session=seen.session, run=seen.run, call=seen.call,
        trace=seen.trace, message=seen.message, cause=seen.cause,
        detail={
            "kind": token.kind, "where": token.where, "environment": token.environment,
            "place": str(seen.place), "paused": pause is not None, **seen.detail,
        },
    )  # fmt: skip
    unit = Unit([told], [HONEYTOKEN.replace(kept, replace(token, told=dict(newest)))])
    if pause:
        unit.changes.append(SetControl(pause))
        stopped = Event(
            id=ids.new("evt", now, entropy[16:]), at=now, tag=Tag.CONTROL_PAUSE, who=GUARD,
            resource=pause.id, outcome="paused", cause=told.id, detail={"reason": pause.reason},
        )  # fmt: skip
        unit.events.append(stopped)
    return unit


def pause(seen: Sighting, kept: Kept[Honeytoken], now: datetime) -> Control:
    """What stops the agent that used it."""
    return Control(ControlKind.AGENT, seen.agent, GUARD, now, f"it used a honeytoken ({kept.id})")


def by_secret(name: str, documents: Documents) -> str:
    """The id of the honeytoken that goes by the name of a secret; empty for none."""
    found = HONEYTOKEN.all(documents)
    return next((each.id for each in found if each.value.secret == name and name), "")


def prints(documents: Documents) -> Mapping[str, str]:
    """The id of each, by the print of its value."""
    kept: Sequence[Kept[Honeytoken]] = HONEYTOKEN.all(documents)
    return {each: token.id for token in kept for each in token.value.prints}


def _checked(asked: Asked, documents: Documents) -> Asked:
    if asked.kind not in KINDS:
        raise InputError(
            f"expected one of {', '.join(KINDS)}, got `{asked.kind[:40]}`",
            remedy="choose a kind that somebody would look for there",
        )
    validation.name(asked.where.strip(), "where it is", required=True)
    if asked.secret and not NAME.fullmatch(asked.secret):
        raise InputError(f"expected the name of a secret, got `{asked.secret[:40]}`")
    if asked.secret and (
        SECRET.find(asked.secret, documents) or by_secret(asked.secret, documents)
    ):
        raise ConflictError(
            f"`{asked.secret}` is taken", remedy="choose a name that nothing refers to"
        )
    if asked.file and _PROMPTED & carries(asked.file):
        raise InputError(
            f"`{asked.file[:80]}` is part of every prompt, so each turn would be an alarm",
            remedy="plant it in a file that is read only by who looks for something",
        )
    return asked


def _event(tag: Tag, id: str, token: Honeytoken, outcome: str, doing: Doing) -> Event:
    detail: dict[str, Json] = {
        "kind": token.kind, "where": token.where, "environment": token.environment,
        "file": token.file, "secret": token.secret,
    }  # fmt: skip
    return Event(
        id=ids.new("evt", doing.now, doing.entropy), at=doing.now, tag=tag, who=doing.by,
        gateway=token.gateway, agent=f"{token.gateway}/{token.agent}" if token.agent else "",
        resource=f"Honeytoken::{id}", outcome=outcome, detail=detail,
    )  # fmt: skip
