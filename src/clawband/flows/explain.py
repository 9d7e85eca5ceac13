"""Explain a decision from its record: why, where each value comes from, what had been read.

Every surface tells this story: the page, the card, the command line, the API. So the words are
chosen here, once.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clawband.approvals import lifecycle
from clawband.labels.passage import Passage
from clawband.model.access import Reason, scoped
from clawband.model.approval import Approval, ApprovalState
from clawband.model.errors import InputError, NotFoundError
from clawband.model.event import Event, Tag
from clawband.model.ids import ApprovalId
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.provenance import Argument, Explanation, Meaning, Origin, Reading, ReadingKind
from clawband.ports.store import Store

DOUBTFUL = (Origin.OUTSIDE, Origin.DERIVED, Origin.REFERRED)
"""What gives no authority by itself, the least trusted first."""
DECISIONS = frozenset({Tag.DECISION_PERMIT, Tag.DECISION_DENY, Tag.DECISION_HOLD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A consequential argument in words. `says` is a sentence without a full stop."""

    explanation: Explanation
    says: str
    doubtful: bool
    span: tuple[int, int] | None
    """Where the value stands in the quote; None when it stands there in another form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Something the session had read before the decision."""

    reading: Reading
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A decision as it is told. `values`: what is doubtful first; `read`: newest first."""

    event: Event
    reasons: tuple[Reason, ...]
    values: tuple[Value, ...]
    read: tuple[Read, ...]
    remedies: tuple[str, ...]
    """What would change the answer; empty for a permit."""
    approval: Approval | None
    endorsable: frozenset[str]
    """Keys of the arguments that, once vouched for, would have made it a permit."""


def explain(id: str, store: Store, *, values: bool) -> Account:
    """The account of a decision, or of the decision that an approval was opened for.

    Without `values`, for readers who may not read arguments, only the origins are told. Raises
    `NotFoundError`, and `InputError` for an event that is no decision.
    """
    event = _decision(id, store)
    named = str(event.detail.get("approval", ""))
    approval = store.approval(ApprovalId(named)) if named else None
    digest = str(event.detail.get("payload", ""))
    body = store.payload(digest) if values and digest else None
    explained = kept(body) if values else _origins(event)
    endorsable = frozenset(_texts(event.detail.get("endorsable")))
    return Account(
        event=event,
        reasons=_reasons(event),
        values=told(explained),
        read=_read(event, store),
        remedies=_remedies(event, approval, endorsable),
        approval=approval,
        endorsable=endorsable,
    )


def kept(body: bytes | None) -> tuple[Explanation, ...]:
    """The explanations in a decision's payload, in the order of the arguments."""
    sealed = json.loads(body) if body else {}
    return tuple(
        Explanation(
            argument=Argument(Meaning(each["meaning"]), each["key"], each["value"]),
            origin=Origin(each["origin"]),
            source=each["source"],
            reading=each["reading"],
            quote=each["quote"],
        )
        for each in sealed.get("explanations", ())
    )


def told(explanations: Iterable[Explanation]) -> tuple[Value, ...]:
    """In words: what is doubtful first, the least trusted before the others."""
    ranked = sorted(explanations, key=lambda each: _RANK[each.origin])
    return tuple(
        Value(
            explanation=each,
            says=says(each),
            doubtful=each.origin in DOUBTFUL,
            span=_span(each),
        )
        for each in ranked
    )


def explained(values: Iterable[Value]) -> str:
    """The values that need no look, in one line: "3 values by the words of `telegram:4242`"."""
    found = [each.explanation for each in values if not each.doubtful]
    counts = Counter(_BY[each.origin].format(source=f"`{each.source}`") for each in found)
    noun = "value" if next(iter(counts.values()), 0) == 1 else "values"
    parts = [f"{count} {by}" for by, count in counts.items()]
    return ", ".join(parts).replace(" ", f" {noun} ", 1)


def says(explanation: Explanation) -> str:
    """Where a value comes from: "only a web page said this: `web_fetch:news.example`"."""
    source = explanation.source
    words = _SAYS[explanation.origin].format(what=kind_of(source))
    return f"{words}: `{source}`" if source else words


def kind_of(source: str) -> str:
    """What sort of thing a source is: "a web page" for `web_fetch:news.example`."""
    return _KINDS.get(source.partition(":")[0], "content from outside")


def describe(label: Label) -> str:
    """A label in words: "anybody could have written it; confidential"."""
    return f"{_WRITTEN[label.integrity]}; {Confidentiality(label.confidentiality).name.lower()}"


def _decision(id: str, store: Store) -> Event:
    approval = store.approval(ApprovalId(id)) if id.startswith("apr_") else None
    leaf = store.leaf(approval.decision if approval else id)
    if leaf is None:
        raise NotFoundError(
            f"there is no decision `{id[:60]}`",
            remedy="copy the whole id, as `clawband activity` and `clawband approvals` print it",
        )
    if leaf.event.tag not in DECISIONS:
        raise InputError(
            f"expected a decision, got the event `{leaf.event.tag}`",
            remedy=f"see what it belongs to with `clawband walk {leaf.event.id}`",
        )
    return leaf.event


def _origins(event: Event) -> tuple[Explanation, ...]:
    """The leaf says of which kind each value is, and never which value."""
    facts = [fact.partition(":") for fact in _texts(event.detail.get("origins"))]
    return tuple(
        Explanation(argument=Argument(Meaning(meaning), "", ""), origin=Origin(origin))
        for meaning, _, origin in facts
    )


def _reasons(event: Event) -> tuple[Reason, ...]:
    policies, because = _texts(event.detail.get("reasons")), _texts(event.detail.get("because"))
    return tuple(Reason(*pair) for pair in zip(policies, because, strict=False))


def _read(event: Event, store: Store) -> tuple[Read, ...]:
    readings = store.sources(scoped(event.gateway, event.session)).readings
    before = [
        each
        for each in readings
        if each.at <= event.at
        and each.kind is not ReadingKind.WROTE
        and each.id.partition("+")[0] != event.id
    ]
    return tuple(Read(reading=each, says=_brought(each)) for each in reversed(before))


def _brought(reading: Reading) -> str:
    if reading.kind is ReadingKind.WORDS:
        return f"`{reading.speaker or reading.source}` said something"
    return (
        f"`{reading.source}`, which the person named" if reading.referred else f"`{reading.source}`"
    )


def _remedies(
    event: Event, approval: Approval | None, endorsable: frozenset[str]
) -> tuple[str, ...]:
    if event.tag is Tag.DECISION_PERMIT:
        return ()
    remedies = [str(event.detail.get("remedy", ""))]
    if approval and approval.state is ApprovalState.PENDING:
        wanted = map(lifecycle.describe, approval.requirements)
        remedies.append(f"{' or '.join(wanted)} approves exactly this: `{approval.id}`")
    if endorsable:
        count = "the value" if len(endorsable) == 1 else f"the {len(endorsable)} values"
        remedies.append(
            f"somebody vouches for {count}, for a purpose and a time: "
            f"`clawband endorse add --decision {event.id}`"
        )
    return tuple(filter(None, remedies))


def _span(explanation: Explanation) -> tuple[int, int] | None:
    passage, argument = Passage(explanation.quote), explanation.argument
    if not argument.value or not explanation.quote:
        return None
    return passage.find(argument.meaning, argument.value) or passage.find_loose(
        argument.meaning, argument.value
    )


def _texts(value: object) -> Sequence[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple) else []


_RANK = {
    origin: rank
    for rank, origin in enumerate((*DOUBTFUL, *(each for each in Origin if each not in DOUBTFUL)))
}
_SAYS = {
    Origin.WORDS: "a person with authority said it",
    Origin.LISTED: "the workflow's manifest names it",
    Origin.ENDORSED: "an operator vouched for it",
    Origin.ANCHORED: "it stands in the one record that the person's words single out",
    Origin.ATTESTED: "a system that only its owner writes to says so",
    Origin.REFERRED: "{what} that the person named says this",
    Origin.DERIVED: "nothing that was read holds it, so the model made it",
    Origin.OUTSIDE: "only {what} said this",
}
_BY = {
    Origin.WORDS: "by the words of {source}",
    Origin.LISTED: "by the manifest",
    Origin.ENDORSED: "by an operator who vouched for it",
    Origin.ANCHORED: "by the record that the person's words single out",
    Origin.ATTESTED: "by a system that only its owner writes to",
}
_KINDS = {
    "web_fetch": "a web page",
    "web_search": "a search result",
    "x_search": "a search result",
    "browser": "a web page",
    "read": "a file",
    "pdf": "a file",
    "memory_search": "a memory",
    "memory_get": "a memory",
}
_WRITTEN = {
    Integrity.OUTSIDE: "anybody could have written it",
    Integrity.SYSTEM: "a system you own wrote it",
    Integrity.PERSON: "a person with authority said it",
}
