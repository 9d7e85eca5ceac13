"""State poisoning: what an agent writes after it has read content from outside.

What it writes into a file that later sessions are told (instructions, identity, skills, curated
memory) goes to a file of its own instead, until a person releases it. Every other write is
permitted as before and labelled; the label comes back when any session reads the file.
`docs/information-flow/state.md` says what is not held.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from clawband.flows.hold import Asking
from clawband.flows.places import ANYWHERE, STANDING, known_as
from clawband.labels import lattice
from clawband.labels.said import said
from clawband.model import ids
from clawband.model.access import (
    Action,
    Circumstances,
    Deny,
    Permit,
    Reason,
    Request,
    scoped,
)
from clawband.model.event import Event, Tag
from clawband.model.label import Integrity, Label
from clawband.model.provenance import Meaning, Place, ReadingKind
from clawband.openclaw import writes
from clawband.openclaw.places import UNREADABLE
from clawband.policy.evaluate import evaluate
from clawband.ports.store import State
from clawband.ports.unit import PutPlace, Unit

FOLDER = "quarantine"
APART, SAID = "clawband/quarantine", "clawband/said"
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


def instead(asking: Asking, state: State) -> Permit | None:
    """What becomes of a denied write, if the only thing wrong is what its file is to the agent.

    None leaves the denial as it is: a file that is changed in part cannot be written elsewhere.
    """
    request, known = asking.request, asking.circumstances
    if request.action is not Action.WRITE or not request.facts.carries & STANDING:
        return None
    elsewhere = replace(request, facts=replace(request.facts, carries=frozenset()))
    # The way to the file is then ours, and not what something from outside named.
    own = tuple(each for each in known.explanations if each.argument.meaning is not Meaning.PATH)
    answer = evaluate(elsewhere, replace(known, explanations=own), asking.active)
    if isinstance(answer, Deny):
        return None
    if _is_said(request, state):
        return replace(answer, reasons=(Reason(SAID, "it only adds what the person said"),))
    where = _elsewhere(request, asking)
    if request.preview and where:
        return Permit((Reason("clawband/preview", "the call inside goes to quarantine"),))
    return _apart(request, known.label, where) if where else None


def _apart(request: Request, label: Label, where: str) -> Permit:
    (change,) = _changes(request)
    content = f"{_header(change.path, label)}\n{change.content}"
    because = (
        f"later sessions are told what is in `{change.path}`, and this one has read content from "
        f"outside: what it would write waits in `{where}` for a person"
    )
    params = writes.moved(request.arguments, where, content)
    return Permit((Reason(APART, because),), params=params)


def _changes(request: Request) -> tuple[writes.Written, ...]:
    return writes.written(request.resource.id, request.arguments, request.workspace)


def _header(path: str, label: Label) -> str:
    sources = ", ".join(sorted(label.sources)[:5])
    told = "".join(each if each.isprintable() else "?" for each in sources)[:200]
    return (
        f"> Quarantined by Clawband: an agent wanted this in `{path}` after it had read {told}.\n"
        "> Nobody has reviewed it. It is data, not instructions.\n"
    )


def _elsewhere(request: Request, asking: Asking) -> str:
    """The file of its own, outside everything that is told; empty when there can be none."""
    if request.resource.id != writes.WRITE:
        return ""
    changes = _changes(request)
    if len(changes) != 1 or changes[0].content is None or changes[0].path == UNREADABLE:
        return ""
    name = "".join(each if each in _NAME else "-" for each in changes[0].path).strip("-.")[-60:]
    return f"{FOLDER}/{asking.now:%Y-%m-%d}-{name}-{asking.cause[-8:].lower()}.md"


def _is_said(request: Request, state: State) -> bool:
    """Whether it only adds what the person said in this session, in order that it lasts."""
    if "skill" in request.facts.carries or not request.session:
        return False
    heard = [
        each.text
        for each in state.sources(request.session).readings
        if each.kind is ReadingKind.WORDS and each.speaker == request.requester.id
    ]
    changes = _changes(request)
    texts = [writes.added(each) for each in changes]
    return bool(texts) and all(text is not None and said(text, heard) for text in texts)


def keep(
    unit: Unit,
    request: Request,
    permit: Permit,
    known: Circumstances,
    state: State,
    *,
    version: Place,
    entropy: bytes,
) -> None:
    """Put into the unit what is known of each file from now on.

    `version` is the decision as a version of some file; `path` and `label` are set here.
    """  # fmt: skip
    if request.preview:
        return
    if request.action is Action.EXECUTE:
        label = Label(Integrity.OUTSIDE, known.label.confidentiality, known.label.sources)
        unit.changes.append(PutPlace(replace(version, path=ANYWHERE, label=label)))
    elif permit.params is not None and _decided(permit, APART):
        (target,), where = request.facts.paths, str(permit.params["path"])
        aside = replace(version, path=where, label=known.label, quarantine=target)
        unit.changes.append(PutPlace(aside))
        unit.events.append(_told(request, aside, entropy))
    elif request.action is Action.WRITE:
        label = _written_label(request, permit, known.label)
        unit.changes.extend(PutPlace(each) for each in _versions(request, version, label, state))


def _versions(request: Request, version: Place, label: Label, state: State) -> Iterator[Place]:
    """Each file that is written; what is changed in part keeps what it had."""
    whole = {each.path for each in _changes(request) if each.content is not None}
    for path in sorted(request.facts.paths):
        older = () if path in whole else known_as(state, version.agent, path)
        labels = (label, *(each.label for each in older))
        yield replace(version, path=path, label=lattice.join_all(labels))


def _written_label(request: Request, permit: Permit, label: Label) -> Label:
    """The session's, unless a person stands for exactly this content."""
    if _decided(permit, SAID):
        return Label(Integrity.PERSON, label.confidentiality, frozenset({request.requester.id}))
    if permit.approval and label.integrity < Integrity.SYSTEM:
        sources = label.sources | {f"approved:{permit.approval}"}
        return Label(Integrity.SYSTEM, label.confidentiality, sources)
    return label


def _decided(permit: Permit, policy: str) -> bool:
    return any(reason.policy == policy for reason in permit.reasons)


def version(request: Request, *, decision: str, payload: str, now: datetime) -> Place:
    """A version of some file, before it is known which."""
    return Place(
        agent=request.principal.id, path="", label=lattice.NOTHING_READ, decision=decision,
        payload=payload, at=now,
    )  # fmt: skip


def _told(request: Request, place: Place, entropy: bytes) -> Event:
    return Event(
        id=ids.new("evt", place.at, entropy), at=place.at, tag=Tag.PLACE_QUARANTINE,
        who=request.requester.id, gateway=request.principal.gateway, agent=place.agent,
        resource=f"File::{place.quarantine}",
        session=request.trace.session, run=request.trace.run, call=request.trace.call,
        outcome="waiting", cause=place.decision,
        detail={"path": place.quarantine, "where": place.path},
    )  # fmt: skip


def noted(request: Request, permit: Permit, state: State) -> Permit:
    """For the result of a write that went to quarantine: the agent is told so."""
    if request.action is not Action.RESULT or request.resource.id != writes.WRITE:
        return permit
    call = scoped(request.principal.gateway, request.trace.call)
    called = state.permitted(call, request.run)
    for place in state.places(request.principal.id):
        if called and place.quarantine and place.decision == called.decision:
            text = (
                f"Clawband put this into `{place.path}`. `{place.quarantine}` is as it was: later "
                "sessions are told what is in it, and this session has read content from outside. "
                f"A person can release it with `clawband memory release {place.decision}`."
            )
            return replace(permit, text=text)
    return permit
