"""Where the values of a request come from, and what a permit adds to what its session has read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from clawband.flows import inherit
from clawband.flows.record import payload_of
from clawband.labels.passage import same
from clawband.labels.spoken import spoken
from clawband.model.access import Action, Authority, Circumstances, Request
from clawband.model.deployment import Workflow
from clawband.model.hosts import host
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.provenance import (
    Argument,
    Endorsement,
    Explanation,
    Meaning,
    Origin,
    Reading,
    ReadingKind,
)
from clawband.ports.store import State
from clawband.ports.unit import AddReading, Change, KeepPayload, UseDestinations

COPIED = (Origin.REFERRED, Origin.DERIVED, Origin.OUTSIDE)
"""Origins that an agent's own writing does not make better."""
SENDING = frozenset({Action.SEND, Action.PAY})
CHANGING = SENDING | {Action.WRITE, Action.EXECUTE, Action.DELETE, Action.CONFIGURE}
_ADDRESSES = (Meaning.URL, Meaning.LINK, Meaning.EMBED)
_NAMING = frozenset({Meaning.URL, Meaning.PATH, Meaning.RECIPIENT, Meaning.ID, Meaning.ACCOUNT})


def explanations(
    request: Request,
    state: State,
    workflow: Workflow | None,
    now: datetime,
    *,
    thorough: bool = False,
) -> tuple[Explanation, ...]:
    """One for each consequential value, in the order of the arguments.

    `thorough` also finds the sentence from outside that holds an unexplained target: only people
    who are shown a refusal need it, and long texts take long to search.
    """
    if not request.facts.arguments:
        return ()
    sources = state.sources(request.session)
    vouched = [each for each in state.endorsements(request.principal.id) if each.holds(now)]
    tools = workflow.tools if workflow else {}
    accepts = workflow.accepts if workflow else frozenset()
    kin = _kin(request, workflow)

    def put(argument: Argument, found: Explanation) -> bool:
        """Whether this agent itself put the value into the system that now attests it."""
        tool = tools.get(found.source.partition(":")[0])
        return state.sources(f"{request.principal.id}#{tool.system if tool else ''}").put(argument)

    return tuple(
        _explained(
            argument,
            request,
            sources.explain(
                argument,
                request.requester.id,
                kin,
                thorough=thorough or _is_told_apart(argument, accepts),
            ),
            workflow,
            vouched,
            put,
        )
        for argument in request.facts.arguments
    )


def referred(explained: Sequence[Explanation]) -> bool:
    """Whether the person named everything that this call reads from."""
    naming = [each for each in explained if each.argument.meaning in _NAMING]
    return bool(naming) and all(each.origin is Origin.WORDS for each in naming)


def fresh(request: Request, state: State) -> frozenset[str]:
    """Hosts and recipients of a sending call that this agent never sent to before."""
    destinations = _destinations(request)
    return (
        destinations - state.used(request.principal.id, destinations)
        if destinations
        else destinations
    )


def _destinations(request: Request) -> frozenset[str]:
    sends = request.action in CHANGING
    return request.facts.hosts | request.facts.recipients if sends else frozenset()


def _explained(
    argument: Argument,
    request: Request,
    found: Explanation,
    workflow: Workflow | None,
    vouched: Sequence[Endorsement],
    put: Callable[[Argument, Explanation], bool],
) -> Explanation:
    if found.origin is Origin.WORDS:
        return found
    if found.origin in (Origin.ANCHORED, Origin.ATTESTED) and put(argument, found):
        found = replace(found, origin=Origin.OUTSIDE)
    listed = workflow.listed if workflow else {}
    if _is_listed(argument, listed):
        return Explanation(argument=argument, origin=Origin.LISTED, source=request.workflow)
    for endorsement in vouched:
        if _covers(endorsement, argument, found, request):
            return replace(found, origin=Origin.ENDORSED, source=endorsement.id)
    accepts = workflow.accepts if workflow else frozenset()
    if f"{request.action.partition(':')[2]}:{found.fact}" in accepts:
        return replace(found, origin=Origin.LISTED)
    return found


def _is_told_apart(argument: Argument, accepts: frozenset[str]) -> bool:
    """Whether the manifest accepts values of this meaning by their origin."""
    return any(f":{argument.meaning}:" in accepted for accepted in accepts)


def _kin(request: Request, workflow: Workflow | None) -> Callable[[str], bool]:
    """Whether a tool belongs to the same system as the call's; OpenClaw's own belong to none."""
    tools = workflow.tools if workflow else {}
    system = request.tool.system if request.tool else ""

    def is_kin(name: str) -> bool:
        known = tools.get(name)
        return (known.system if known else "") == system

    return is_kin


def _is_listed(argument: Argument, listed: Mapping[str, tuple[str, ...]]) -> bool:
    """A listed host stands for every address at it."""
    meaning = argument.meaning
    if any(same(meaning, value, argument.value) for value in listed.get(meaning, ())):
        return True
    return meaning in _ADDRESSES and host(argument.value) in listed.get(Meaning.URL, ())


def _covers(
    endorsement: Endorsement, argument: Argument, found: Explanation, request: Request
) -> bool:
    """An endorsement reaches no further than it says."""
    if endorsement.session not in ("", request.session):
        return False
    if endorsement.tool not in ("", request.resource.id):
        return False
    if not endorsement.meaning:
        return bool(found.source) and endorsement.value == found.source
    return endorsement.meaning == argument.meaning and same(
        argument.meaning, endorsement.value, argument.value
    )


def learned(
    request: Request,
    known: Circumstances,
    *,
    decision: str,
    payload: str,
    now: datetime,
    nonce: bytes,
) -> Iterator[Change]:
    """What the session has read or written once this is permitted.

    `payload` is what the request itself is kept under, which holds the text of what is read whole.
    """
    if not request.session:
        return
    for each in inherit.readings(known, decision, now):
        yield AddReading(request.session, each)
    if request.action is Action.RECEIVE:
        readings = _message(request, known.brought or known.label, decision, now)
    elif request.action is Action.RESULT:
        readings = _result(request, known.brought or known.label, decision, now)
    elif request.action in CHANGING and not request.preview:
        yield from _destined(request)
        if known.label.integrity >= Integrity.SYSTEM:
            return
        readings = _written(request, known, decision, now)
        yield from _kept(_stored(request), _put(request, known, decision, now), nonce)
    else:
        return
    for reading in readings:
        if reading.text == request.arguments.get("text"):
            yield AddReading(request.session, replace(reading, payload=payload))
        else:
            yield from _kept(request.session, reading, nonce)


def _kept(session: str, reading: Reading, nonce: bytes) -> Iterator[Change]:
    if reading.text:
        kept = payload_of({"text": reading.text}, nonce)
        yield KeepPayload(kept.digest, kept.body)
        yield AddReading(session, replace(reading, payload=kept.digest))


def _stored(request: Request) -> str:
    """The name under which it is remembered what this agent put into a system, in any session."""
    system = request.tool.system if request.tool else ""
    return f"{request.principal.id}#{system}"


def _destined(request: Request) -> Iterator[Change]:
    destinations = _destinations(request)
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
    parts = spoken(text)
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


def _result(request: Request, brought: Label, decision: str, now: datetime) -> Iterator[Reading]:
    tool, facts = request.tool, request.facts
    named = ", ".join(sorted(facts.named)[:3])
    yield Reading(
        id=decision, at=now, kind=ReadingKind.DATA,
        source=f"{request.resource.id}:{named}" if named else request.resource.id,
        label=brought, referred=facts.referred, attested=tool.attested if tool else (),
        tags=tuple(sorted(facts.tags)), text=str(request.arguments.get("text", "")),
    )  # fmt: skip


def _put(request: Request, known: Circumstances, decision: str, now: datetime) -> Reading:
    """The values that a tainted session puts into a system: they stay what they were."""
    values = [
        each.argument.value
        for each in known.explanations
        # Where the agent put something is its own choice: it may write there again.
        if each.origin in COPIED and each.argument.meaning is not Meaning.PATH
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
