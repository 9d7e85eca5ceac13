"""What a permit adds to what a session has read, and to what its agent put somewhere."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

from clawband.flows import inherit, systems
from clawband.flows.lineage import CHANGING, destinations_of
from clawband.flows.notice import said
from clawband.flows.record import payload_of
from clawband.labels.known import NOTHING, Known
from clawband.labels.sources import LINKS
from clawband.model.access import Action, Authority, Circumstances, Request
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.provenance import Meaning, Origin, Reading, ReadingKind
from clawband.ports.unit import AddReading, Change, KeepPayload, UseDestinations

COPIED = (Origin.REFERRED, Origin.DERIVED, Origin.OUTSIDE)
"""Origins that an agent's own writing does not make better."""
PUT = frozenset(Meaning) - {Meaning.PATH}
"""Where the agent put something is its own choice: it may write there again."""
MOST_NAMED = 3
"""Names in that of a source; one more is counted."""


def learned(
    request: Request,
    known: Circumstances,
    *,
    decision: str,
    payload: str,
    now: datetime,
    nonce: bytes,
    hidden: Known = NOTHING,
) -> Iterator[Change]:
    """What the session has read or written once this is permitted.

    `payload` is what the request itself is kept under, which holds the text of what is read whole,
    but for what is `hidden`.
    """
    if not request.session:
        return
    for each in inherit.readings(known, decision, now):
        yield AddReading(request.session, each)
    if request.action in CHANGING and not request.preview:
        yield from _destined(request)
        if known.label.integrity < Integrity.SYSTEM:
            for each in _stored(request, _put(request, known, decision, now)):
                yield from _kept(systems.of(request), each, nonce, hidden)
    for reading in _readings(request, known, decision, now):
        if reading.text == request.arguments.get("text"):
            text = hidden.masked(reading.text)
            yield AddReading(request.session, replace(reading, payload=payload, text=text))
        else:
            yield from _kept(request.session, reading, nonce, hidden)


def _readings(
    request: Request, known: Circumstances, decision: str, now: datetime
) -> Iterator[Reading]:
    """What this session has read or written."""
    if request.action is Action.RECEIVE:
        yield from _message(request, known.brought or known.label, decision, now)
    elif request.action is Action.RESULT:
        yield from _result(request, known, decision, now)
    elif request.preview or known.label.integrity >= Integrity.SYSTEM:
        return
    elif request.action in CHANGING:
        yield from _written(request, known, decision, now)
    elif request.action is Action.READ:
        # A tool may say again what it was asked: that makes no link of it that somebody else wrote.
        asked = _put(request, known, decision, now, LINKS)
        yield from (asked,) if asked.text else ()


def _kept(session: str, reading: Reading, nonce: bytes, hidden: Known) -> Iterator[Change]:
    if reading.text:
        reading = replace(reading, text=hidden.masked(reading.text))
        kept = payload_of({"text": reading.text}, nonce)
        yield KeepPayload(kept.digest, kept.body)
        yield AddReading(session, replace(reading, payload=kept.digest))


def _stored(request: Request, put: Reading) -> Iterator[Reading]:
    """What a system may give back in any session. What is in files is known by their names."""
    yield put
    if not request.facts.paths:
        text = "\n".join(request.facts.contents)
        yield replace(put, id=f"{put.id}+texts", text=text)


def _destined(request: Request) -> Iterator[Change]:
    destinations = destinations_of(request)
    if destinations:
        yield UseDestinations(request.principal.id, destinations)


def _message(request: Request, brought: Label, decision: str, now: datetime) -> Iterator[Reading]:
    """A person's own words, and beside them what they show; a stranger only shows."""
    requester = request.requester
    text = str(request.arguments.get("text", ""))
    if requester.authority is Authority.UNKNOWN:
        yield Reading(
            id=decision,
            at=now,
            kind=ReadingKind.DATA,
            source=requester.id,
            label=brought,
            text=text,
        )
        return
    parts = said(request)
    yield Reading(
        id=decision, at=now, kind=ReadingKind.WORDS, source=requester.id, label=brought,
        speaker=requester.id, text=parts.words,
    )  # fmt: skip
    if parts.shown:
        source = f"shown by {requester.id}"
        label = Label(Integrity.OUTSIDE, Confidentiality.PUBLIC, frozenset({source}))
        yield Reading(
            id=f"{decision}+shown", at=now, kind=ReadingKind.DATA, source=source, label=label,
            text=parts.shown,
        )  # fmt: skip


def _result(
    request: Request, known: Circumstances, decision: str, now: datetime
) -> Iterator[Reading]:
    """What a tool returned; apart from it, what this agent itself had put there."""
    tool, facts = request.tool, request.facts
    text = str(request.arguments.get("text", ""))
    own, back = known.returned or (text, "")
    reading = Reading(
        id=decision, at=now, kind=ReadingKind.DATA, source=source_of(request),
        label=known.brought or known.label, referred=facts.referred,
        attested=tool.attested if tool else (), tags=tuple(sorted(facts.tags)), text=own,
    )  # fmt: skip
    yield reading
    if back:
        label = systems.label(request, known.returned)
        source = ", ".join(label.sources)
        yield replace(
            reading, id=f"{decision}+returned", source=source, label=label, referred=False,
            attested=(), text=back,
        )  # fmt: skip


def source_of(request: Request) -> str:
    """`web_fetch:news.example`: the tool and what it read from. No other sources are called so."""
    named = sorted(each.replace(",", "%2C") for each in request.facts.named)
    beyond = [f"and {len(named) - MOST_NAMED} more"] if len(named) > MOST_NAMED else []
    where = ", ".join((*named[:MOST_NAMED], *beyond))
    return f"{request.resource.id}:{where}" if where else request.resource.id


def _put(
    request: Request,
    known: Circumstances,
    decision: str,
    now: datetime,
    meanings: Collection[Meaning] = PUT,
) -> Reading:
    """The values that a tainted session puts into a system: they stay what they were."""
    values = [
        each.argument.value
        for each in known.explanations
        if each.origin in COPIED and each.argument.meaning in meanings
        # An address that somebody else made carries nothing out.
        if each.origin is Origin.DERIVED or each.argument.meaning not in LINKS
    ]
    source = f"written with {request.resource.id}"
    label = Label(Integrity.OUTSIDE, known.label.confidentiality, frozenset({source}))
    text = "\n".join(values)
    return Reading(
        id=decision, at=now, kind=ReadingKind.WROTE, source=source, label=label, text=text
    )


def _written(
    request: Request, known: Circumstances, decision: str, now: datetime
) -> Iterator[Reading]:
    """The same for this session, which also knows the texts it wrote."""
    put = _put(request, known, decision, now)
    text = "\n".join(filter(None, [put.text, *request.facts.contents]))
    if text:
        yield replace(put, text=text)
