"""An event as a sentence: who → agent → action → resource → outcome."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from clawband.edges.console.seen import short
from clawband.edges.console.wording import TAGS, Tone, Wording
from clawband.model.access import Action
from clawband.model.digest import Json
from clawband.model.event import Event, Leaf, Tag
from clawband.model.label import Confidentiality, Integrity


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One event in words."""

    index: int
    id: str
    at: datetime
    who: str
    agent: str
    verb: str
    subject: str
    """Whose sentence it is: who acts."""
    thing: str
    outcome: str
    tone: Tone
    note: str
    """Why, in one sentence; empty when there is nothing to explain."""


VERBS: Mapping[str, str] = {
    Action.RECEIVE: "receives a message on",
    Action.SEND_REPLY: "replies on",
    Action.READ: "reads with",
    Action.WRITE: "writes with",
    Action.SEND: "sends with",
    Action.EXECUTE: "runs",
    Action.DELETE: "deletes with",
    Action.PAY: "pays with",
    Action.CONFIGURE: "changes the gateway with",
    Action.UNKNOWN: "calls the undeclared",
    Action.RESULT: "reads the result of",
    Action.INSTALL: "installs",
    Action.CONNECT: "connects to",
    Action.REQUEST: "sends a request to",
    Action.ASK_MODEL: "asks the model",
}
INFINITIVES: Mapping[str, str] = {
    Action.RECEIVE: "receive a message on",
    Action.SEND_REPLY: "reply on",
    Action.READ: "read with",
    Action.WRITE: "write with",
    Action.SEND: "send with",
    Action.EXECUTE: "run",
    Action.DELETE: "delete with",
    Action.PAY: "pay with",
    Action.CONFIGURE: "change the gateway with",
    Action.UNKNOWN: "call the undeclared",
    Action.RESULT: "read the result of",
    Action.INSTALL: "install",
    Action.CONNECT: "connect to",
    Action.REQUEST: "send a request to",
    Action.ASK_MODEL: "ask the model",
}
OURS = "clawband/"
"""Reasons that say that nothing permitted it, not which policy decided."""
_SELF = frozenset({Tag.SESSION_OPEN, Tag.SESSION_REFUSE, Tag.SESSION_CLOSE})
"""The resource is the person who acts, who is named already."""
_LENDING = frozenset(
    {Tag.ELEVATION_ASK, Tag.ELEVATION_GRANT, Tag.ELEVATION_REFUSE, Tag.ELEVATION_END}
)
"""A role, lent to a person: both are named."""
_OWN = frozenset({Tag.GLASS_BREAK, Tag.PROPOSAL_REFUSE, Tag.NOTICE_SET, Tag.NOTICE_SEND})
"""Their outcome is a word of its own."""
_LONG = frozenset({"Elevation", "Glass", "Proposal", "Review"})
"""Kinds whose names are ids, which say nothing in a sentence: their end is enough to tell them."""
_GLASS: Mapping[str, Tone] = {"half": Tone.WAITING, "over": Tone.PLAIN}
_BY_PERSON = frozenset(
    {
        Tag.MESSAGE_RECEIVE, Tag.APPROVAL_GRANT, Tag.APPROVAL_REFUSE, Tag.ENDORSEMENT_ADD,
        Tag.ENDORSEMENT_REVOKE, Tag.PLACE_RELEASE, Tag.PLACE_REVERT, Tag.PLACE_DISCARD,
    }
)  # fmt: skip

_INTEGRITY = {
    Integrity.OUTSIDE: "It has read text that anybody could have written.",
    Integrity.SYSTEM: "All it has read comes from systems you own, or from people with authority.",
    Integrity.PERSON: "All it has read comes from people with authority.",
}
_CONFIDENTIALITY = {
    Confidentiality.PUBLIC: "Nothing in it is confidential.",
    Confidentiality.INTERNAL: "It holds internal information.",
    Confidentiality.CONFIDENTIAL: "It holds confidential information.",
    Confidentiality.RESTRICTED: "It holds restricted information, the most confidential kind.",
}


def row(leaf: Leaf) -> Row:
    event = leaf.event
    wording = TAGS[event.tag]
    return Row(
        index=leaf.index,
        id=event.id,
        at=event.at,
        who=event.who,
        agent=event.agent or event.gateway,
        subject=_subject(event),
        verb=wording.verb or VERBS.get(event.action, event.action),
        thing="" if event.tag in _SELF else thing(event.resource),
        outcome=_outcome(event, wording),
        tone=_tone(event, wording),
        note=_note(event),
    )


def rows(leaves: Iterable[Leaf]) -> Sequence[Row]:
    return [row(leaf) for leaf in leaves]


def thing(resource: str) -> str:
    """`refund` for `Tool::refund`; digests and ids are shortened."""
    kind, mark, rest = resource.partition("::")
    if kind == "Policy":
        return rest.removeprefix("sha256:")[:12]
    if kind in _LONG:
        return short(rest)
    return rest if mark else resource


def texts(value: Json) -> tuple[str, ...]:
    """A list of texts out of an event's detail."""
    listed = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return tuple(str(each) for each in listed)


def number(value: Json) -> int:
    return value if isinstance(value, int) else 0


def label(detail: Mapping[str, Json]) -> tuple[str, ...]:
    """What the session carried, in sentences; empty when the event carries no label.

    A decision's detail leaves out what is zero, and always names the kept arguments.
    """
    if "payload" not in detail:
        return ()
    integrity = Integrity(number(detail.get("integrity")))
    confidentiality = Confidentiality(number(detail.get("confidentiality")))
    return _INTEGRITY[integrity], _CONFIDENTIALITY[confidentiality]


def _subject(event: Event) -> str:
    by_person = event.tag in _BY_PERSON
    first, second = (event.who, event.agent) if by_person else (event.agent, event.who)
    return first or second or event.gateway


def outside(detail: Mapping[str, Json]) -> bool:
    """Whether the session of a decision had read what anybody could have written."""
    return "payload" in detail and number(detail.get("integrity")) == Integrity.OUTSIDE


def _tone(event: Event, wording: Wording) -> Tone:
    if event.outcome == "error":
        return Tone.REFUSED
    if event.tag is Tag.GLASS_BREAK:
        return _GLASS.get(event.outcome, wording.tone)
    return wording.tone


def _outcome(event: Event, wording: Wording) -> str:
    if event.outcome == "error":
        return "failed"
    if event.tag in _OWN:
        return event.outcome or wording.outcome
    if event.tag is Tag.APPROVAL_GRANT and event.outcome == "pending":
        return "one more must agree"
    return wording.outcome


def _note(event: Event) -> str:
    detail = event.detail
    if event.tag in (Tag.DECISION_DENY, Tag.DECISION_HOLD):
        because = texts(detail.get("because"))
        pairs = zip(texts(detail.get("reasons")), because, strict=False)
        telling = (why for policy, why in pairs if not policy.startswith(OURS))
        hold = event.tag is Tag.DECISION_HOLD
        return (next(telling, "") if hold else "") or next(iter(because), "")
    if event.tag is Tag.GATEWAY_GAP:
        first, last = detail.get("first"), detail.get("last")
        return f"{detail.get('count')} numbered events never arrived ({first} to {last})"
    if event.tag is Tag.GATEWAY_SILENT:
        return f"for {detail.get('seconds')} seconds when it was noticed"
    if event.tag is Tag.ENFORCEMENT_REFUSE:
        return f"the plugin blocked it by itself: {detail.get('why')}"
    said = str(detail.get("problem") or detail.get("reason") or detail.get("note") or "")
    if event.tag in _LENDING:
        whom = f"`{detail.get('person')}` as {detail.get('role')}"
        return f"{whom}: {said}" if said else whom
    return said
