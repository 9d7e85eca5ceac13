"""Versions of what agents wrote, and what people do with them: revert, release, discard.

Each act changes the file first, through the gateway, and returns the unit that records it. What
the file held is kept as a version of its own when nobody knew it, so that every act can be undone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from clawband.flows.places import ANYWHERE
from clawband.flows.record import payload_of
from clawband.model import ids
from clawband.model.digest import sha256
from clawband.model.errors import AuthenticationError, ConflictError, InputError, NotFoundError
from clawband.model.event import Event, Tag
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.person import SignedIn
from clawband.model.provenance import Place
from clawband.openclaw import writes
from clawband.openclaw.places import is_told
from clawband.ports.gateway import GatewayFiles
from clawband.ports.store import Store
from clawband.ports.unit import PutPlace, Unit

MOST = 5_000
"""Versions looked through for an id, the newest."""
NONCE_BYTES = 16
FOUND = "+found"
"""Ends the id of a version that nobody had seen before somebody changed it."""
KNOWN = "list them with `clawband memory log`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What an act did to a file, in words without a full stop, and what must be committed."""

    path: str
    says: str
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who acts on what: the version's id, the gateway's files, the store, the moment."""

    id: str
    by: SignedIn
    store: Store
    files: GatewayFiles
    now: datetime
    entropy: bytes


def listed(store: Store, agent: str = "", path: str = "", limit: int = 200) -> Sequence[Place]:
    """Newest first, without the traces of commands."""
    found = store.versions(agent, path, limit)
    return [place for place in found if place.path != ANYWHERE]


def waiting(store: Store, agent: str = "") -> Sequence[Place]:
    """What is in quarantine and was neither released nor discarded, newest first."""
    newest: dict[tuple[str, str], Place] = {}
    for place in store.versions(agent, "", MOST):
        newest.setdefault((place.agent, place.path), place)
    return [place for place in newest.values() if place.quarantine]


def found(id: str, store: Store) -> Sequence[Place]:
    """The files that this write left behind. Raises `NotFoundError`."""
    places = [each for each in listed(store, limit=MOST) if each.decision == id]
    if not places:
        raise NotFoundError(f"there is no version `{id[:40]}`", remedy=KNOWN)
    return places


def text(place: Place, store: Store) -> str | None:
    """What the file held after this version; None when that cannot be told."""
    known: str | None = None
    for each in reversed([place, *_older(place, store)]):
        change = changed(each, store)
        known = writes.after(known, change) if change else None
    return known


def changed(place: Place, store: Store) -> writes.Written | None:
    """What this version did to its file."""
    leaf = store.leaf(place.decision.removesuffix(FOUND))
    body = store.payload(place.payload)
    if leaf is None or body is None:
        return None
    arguments: Mapping[str, Any] = json.loads(body)["arguments"]
    # A person's act keeps what it left behind as a write of the whole file.
    kind, _, name = leaf.event.resource.partition("::")
    tool = name if kind == "Tool" else writes.WRITE
    changes = writes.written(tool, arguments)
    target = place.quarantine or place.path
    named = [each for each in changes if target == each.path or each.path.endswith(f"/{target}")]
    return named[0] if len(named) == 1 else changes[0] if len(changes) == 1 else None


def revert(acting: Acting) -> Iterator[Done]:
    """Put back what was there before this write; what was written since goes too.

    A quarantine that was closed stays closed: its content is in the record.
    """
    acted = False
    for place in found(acting.id, acting.store):
        if place.quarantine:
            raise InputError(
                f"`{acting.id}` is in quarantine and changed nothing",
                remedy="release it or discard it",
            )
        older = _older(place, acting.store)
        if older and older[0].quarantine:
            continue
        now_is = acting.files.read(_agent(place), place.path)
        was = _before(place, older, now_is, acting.store)
        label = older[0].label if older else _unknown(place, acting)
        acted = True
        yield _put(acting, place, was, now_is, label)
    if not acted:
        raise InputError(f"`{acting.id}` changed no file that could be put back", remedy=KNOWN)


def release(acting: Acting) -> Done:
    """Put quarantined content where it was meant to go; this person stands for it."""
    place = _in_quarantine(acting)
    content = text(place, acting.store)
    if content is None:
        raise ConflictError(f"what `{acting.id}` wrote is no longer kept")
    who = Label(
        Integrity.SYSTEM, place.label.confidentiality, frozenset({f"released:{acting.by.name}"})
    )
    target = replace(place, path=place.quarantine, quarantine="")
    now_is = acting.files.read(_agent(place), target.path)
    acting.files.write(_agent(place), target.path, content, was=now_is)
    unit = _record(Tag.PLACE_RELEASE, acting, target, now_is, content, who)
    _leave(acting, place, unit)
    return Done(path=target.path, says=f"`{target.path}` holds it now", unit=unit)


def discard(acting: Acting) -> Done:
    """Throw quarantined content away; it stays in the record."""
    place = _in_quarantine(acting)
    unit = Unit([_event(Tag.PLACE_DISCARD, acting, place)])
    _leave(acting, place, unit)
    return Done(path=place.path, says=f"`{place.quarantine}` stays as it is", unit=unit)


def _before(place: Place, older: Sequence[Place], now_is: str | None, store: Store) -> str | None:
    """The file's content before this version; None when there was no file, as far as we know."""
    known = text(older[0], store) if older else None
    if known is not None:
        return known
    change = changed(place, store)
    if change and change.edits:
        undone = writes.before(now_is, change) if now_is is not None else None
        if undone is None:
            raise ConflictError(
                f"`{place.path}` has changed since, and what it held before was never seen",
                remedy="look at the edit with `clawband memory show` and undo it by hand",
            )
        return undone
    if older or change is None:
        raise ConflictError(
            f"what `{place.path}` held before is not known",
            remedy="look at the versions with `clawband memory log` and choose another one",
        )
    return None


def _put(acting: Acting, place: Place, was: str | None, now_is: str | None, label: Label) -> Done:
    agent = _agent(place)
    if was is not None:
        acting.files.write(agent, place.path, was, was=now_is)
        says = f"`{place.path}` is as it was before"
    elif now_is is not None and not acting.files.remove(agent, place.path, was=now_is):
        says = f"`{place.path}` is empty now: no earlier version was ever seen"
    else:
        says = f"`{place.path}` is gone: no earlier version was ever seen"
    unit = _record(Tag.PLACE_REVERT, acting, place, now_is, was or "", label)
    return Done(path=place.path, says=says, unit=unit)


def _record(
    tag: Tag, acting: Acting, place: Place, held: str | None, content: str, label: Label
) -> Unit:
    """What the file held, when nobody had seen that, and what it holds now."""
    event = _event(tag, acting, place)
    unit = Unit([event])
    newest = acting.store.place(place.agent, place.path)
    if held is not None and (newest is None or text(newest, acting.store) != held):
        unseen = replace(_unknown_place(place, acting), decision=f"{event.id}{FOUND}")
        _keep(unit, unseen, held, acting.entropy)
    kept = replace(place, label=label, decision=event.id, at=acting.now, quarantine="")
    _keep(unit, kept, content, acting.entropy)
    return unit


def _leave(acting: Acting, place: Place, unit: Unit) -> None:
    """Take the quarantine's file away and close it."""
    agent, lies = _agent(place), acting.files.read(_agent(place), place.path)
    if lies is not None:
        acting.files.remove(agent, place.path, was=lies)
    closed = replace(place, decision=unit.events[0].id, at=acting.now, quarantine="")
    _keep(unit, closed, "", acting.entropy)


def _keep(unit: Unit, place: Place, content: str, entropy: bytes) -> None:
    payload = payload_of({"path": place.path, "content": content}, entropy[-NONCE_BYTES:])
    unit.changes.append(payload)
    unit.changes.append(PutPlace(replace(place, payload=payload.digest)))


def _event(tag: Tag, acting: Acting, place: Place) -> Event:
    # One act may touch several files.
    unique = bytes.fromhex(sha256(place.path.encode())[-8:]) + acting.entropy
    return Event(
        id=ids.new("evt", acting.now, unique),
        at=acting.now,
        tag=tag,
        who=acting.by.name,
        gateway=place.agent.partition("/")[0],
        agent=place.agent,
        resource=f"File::{place.quarantine or place.path}",
        outcome=tag.partition(":")[2],
        cause=acting.id,
        detail={"path": place.path, **({"from": place.quarantine} if place.quarantine else {})},
    )


def _in_quarantine(acting: Acting) -> Place:
    """Raises `ConflictError` when it no longer waits, `AuthenticationError` for who asked it."""
    (place, *_) = found(acting.id, acting.store)
    newest = acting.store.place(place.agent, place.path)
    if not place.quarantine or newest is None or newest.decision != acting.id:
        raise ConflictError(f"`{acting.id}` is not in quarantine", remedy=KNOWN)
    leaf, mine = acting.store.leaf(acting.id), acting.by.operator
    if leaf and leaf.event.who in {mine.name, *mine.aliases}:
        raise AuthenticationError(
            f"`{mine.name}` is the person whose session wrote this",
            remedy="have somebody else look at it",
        )
    return place


def _older(place: Place, store: Store) -> Sequence[Place]:
    """The versions before this one, newest first."""
    versions = listed(store, place.agent, place.path, MOST)
    numbers = [number for number, each in enumerate(versions) if each.decision == place.decision]
    return versions[numbers[-1] + 1 :] if numbers else ()


def _unknown(place: Place, acting: Acting) -> Label:
    """What was there before anybody looked: a person puts it back, or it is gone."""
    integrity = Integrity.SYSTEM if is_told(place.path) else Integrity.OUTSIDE
    return Label(integrity, Confidentiality.PUBLIC, frozenset({f"reverted:{acting.by.name}"}))


def _unknown_place(place: Place, acting: Acting) -> Place:
    return replace(place, label=_unknown(place, acting), at=acting.now, quarantine="")


def _agent(place: Place) -> str:
    return place.agent.partition("/")[2]
