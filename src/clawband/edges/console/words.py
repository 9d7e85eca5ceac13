"""An event as a sentence: who → agent → action → resource → outcome."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from clawband.edges.console.seen import short
from clawband.model.access import Action
from clawband.model.digest import Json
from clawband.model.event import Event, Leaf, Tag
from clawband.model.label import Confidentiality, Integrity


class Tone(StrEnum):
    """What a colour may say. A word always goes with it."""

    PLAIN = "plain"
    REFUSED = "refused"
    WAITING = "waiting"
    PROVED = "proved"


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


@dataclass(frozen=True, slots=True)
class _Wording:
    verb: str
    outcome: str
    tone: Tone = Tone.PLAIN


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
_TAGS: Mapping[Tag, _Wording] = {
    Tag.DECISION_PERMIT: _Wording("", "allowed"),
    Tag.DECISION_DENY: _Wording("", "refused", Tone.REFUSED),
    Tag.DECISION_HOLD: _Wording("", "held", Tone.WAITING),
    Tag.REQUEST_REFUSE: _Wording("sent what is no request", "refused", Tone.REFUSED),
    Tag.APPROVAL_OPEN: _Wording("waits for an approval of", "waiting", Tone.WAITING),
    Tag.APPROVAL_GRANT: _Wording("agrees to", "approved"),
    Tag.APPROVAL_REFUSE: _Wording("says no to", "refused", Tone.REFUSED),
    Tag.APPROVAL_EXPIRE: _Wording("got no answer in time for", "expired"),
    Tag.APPROVAL_SPEND: _Wording("uses the approval of", "used"),
    Tag.MESSAGE_RECEIVE: _Wording("wrote a message", "received"),
    Tag.MESSAGE_SEND: _Wording("sent its reply", "sent"),
    Tag.CALL_FINISH: _Wording("finished", "done"),
    Tag.CALL_UNREPORTED: _Wording("ran, without asking,", "not permitted", Tone.REFUSED),
    Tag.RUN_FINISH: _Wording("finished its turn", "done"),
    Tag.GATEWAY_START: _Wording("the gateway starts", "started"),
    Tag.GATEWAY_STOP: _Wording("the gateway stops", "stopped"),
    Tag.GATEWAY_SILENT: _Wording("the gateway sends no heartbeat", "silent", Tone.REFUSED),
    Tag.GATEWAY_GAP: _Wording("the gateway's events have a gap", "missing", Tone.REFUSED),
    Tag.GATEWAY_ENROLL: _Wording("takes under guard the gateway", "enrolled"),
    Tag.GATEWAY_REMOVE: _Wording("takes out of guard the gateway", "ungoverned", Tone.REFUSED),
    Tag.ENFORCEMENT_REFUSE: _Wording("got no answer in time for", "refused", Tone.REFUSED),
    Tag.CONTROL_PAUSE: _Wording("pauses", "paused", Tone.WAITING),
    Tag.CONTROL_RESUME: _Wording("resumes", "running"),
    Tag.POLICY_ACTIVATE: _Wording("puts in force the policy set", "active"),
    Tag.POLICY_REFUSE: _Wording("tried to publish a policy set", "refused", Tone.REFUSED),
    Tag.OPERATOR_ADD: _Wording("adds the operator", "added"),
    Tag.OPERATOR_REMOVE: _Wording("removes the operator", "removed"),
    Tag.SESSION_OPEN: _Wording("signs in", "signed in"),
    Tag.SESSION_REFUSE: _Wording("tried to sign in", "refused", Tone.REFUSED),
    Tag.SESSION_CLOSE: _Wording("signs out", "signed out"),
    Tag.LOG_EXPORT: _Wording("exports the log", "exported"),
    Tag.SERVER_START: _Wording("Clawband starts", "started"),
    Tag.SERVER_STOP: _Wording("Clawband stops", "stopped"),
    Tag.CLOCK_STEP: _Wording("the clock stepped back", "held"),
    Tag.ENDORSEMENT_ADD: _Wording("vouches for a value in", "in force"),
    Tag.ENDORSEMENT_REVOKE: _Wording("no longer vouches for a value in", "revoked"),
    Tag.PLACE_QUARANTINE: _Wording("wrote what waits in quarantine", "waiting", Tone.WAITING),
    Tag.PLACE_RELEASE: _Wording("lets out of quarantine", "released"),
    Tag.PLACE_REVERT: _Wording("takes back what was written to", "reverted"),
    Tag.PLACE_DISCARD: _Wording("throws away what waited in quarantine", "discarded"),
    Tag.EGRESS_REFUSE: _Wording("came no further on the way to", "refused", Tone.REFUSED),
    Tag.EGRESS_CLOSE: _Wording("ends its connection to", "closed"),
    Tag.EGRESS_BYPASS: _Wording("tried to leave beside the proxy for", "stopped", Tone.REFUSED),
    Tag.LAUNCH_START: _Wording("starts, contained, a command of", "started"),
    Tag.LAUNCH_REFUSE: _Wording("did not start a command of", "refused", Tone.REFUSED),
    Tag.LAUNCH_BLOCK: _Wording("tried to leave its sandbox with", "stopped", Tone.REFUSED),
    Tag.LAUNCH_END: _Wording("ended a command of", "ended"),
    Tag.ENFORCEMENT_MISSING: _Wording("did, without asking,", "not asked", Tone.REFUSED),
    Tag.ENFORCEMENT_LOST: _Wording("is no longer governed", "ungoverned", Tone.REFUSED),
    Tag.ENFORCEMENT_RESTORED: _Wording("is governed again", "governed", Tone.PROVED),
    Tag.CANARY_OK: _Wording("asks and obeys, as canaries show", "proved", Tone.PROVED),
    Tag.CANARY_FAIL: _Wording("was tried with canaries", "not proved", Tone.REFUSED),
    Tag.MODEL_FINISH: _Wording("has its answer from", "done"),
    Tag.WITNESS_DIFFER: _Wording("was seen by one witness only, with", "differs", Tone.REFUSED),
    Tag.ACCOUNT_ADD: _Wording("sets up the service account", "in force"),
    Tag.ACCOUNT_REMOVE: _Wording("removes the service account", "removed"),
    Tag.KEY_ADD: _Wording("makes the key", "made"),
    Tag.KEY_REVOKE: _Wording("revokes the key", "revoked"),
    Tag.REVIEW_OPEN: _Wording("asks who still needs what, in the review", "open", Tone.WAITING),
    Tag.REVIEW_DECIDE: _Wording("reviews", "reviewed"),
    Tag.REVIEW_CLOSE: _Wording("closes the review", "closed"),
    Tag.REVIEW_REMIND: _Wording("access is to be reviewed soon in", "due", Tone.WAITING),
    Tag.REVIEW_OVERDUE: _Wording("access was not reviewed in time in", "overdue", Tone.REFUSED),
    Tag.ELEVATION_ASK: _Wording("asks for a role for a while:", "waiting", Tone.WAITING),
    Tag.ELEVATION_GRANT: _Wording("lends a role:", "granted"),
    Tag.ELEVATION_REFUSE: _Wording("does not lend a role:", "refused", Tone.REFUSED),
    Tag.ELEVATION_END: _Wording("no longer lends a role:", "ended"),
    Tag.GLASS_BREAK: _Wording("breaks the glass:", "broken", Tone.REFUSED),
    Tag.GLASS_REVIEW: _Wording("reviews broken glass:", "reviewed"),
    Tag.PROPOSAL_OPEN: _Wording("proposes a change:", "waiting", Tone.WAITING),
    Tag.PROPOSAL_AGREE: _Wording("agrees to the change", "agreed"),
    Tag.PROPOSAL_REFUSE: _Wording("says no to the change", "refused", Tone.REFUSED),
    Tag.OPERATOR_INVITE: _Wording("invites", "waiting", Tone.WAITING),
    Tag.OPERATOR_CHANGE: _Wording("changes the roles of", "changed"),
    Tag.CREDENTIAL_ADD: _Wording("adds a way to sign in as", "added"),
    Tag.CREDENTIAL_REMOVE: _Wording("removes a way to sign in as", "removed"),
    Tag.CREDENTIAL_USE: _Wording("proves again to be", "proved", Tone.PROVED),
    Tag.SESSION_REVOKE: _Wording("ends sign-ins of", "ended"),
    Tag.WORKLOAD_TRADE: _Wording("comes as the workload", "signed in"),
    Tag.WORKLOAD_REFUSE: _Wording("tried to come as a workload", "refused", Tone.REFUSED),
    Tag.APPROVAL_EDIT: _Wording("rewrites what waits in", "rewritten"),
    Tag.APPROVAL_ESCALATE: _Wording("got no answer, so others are asked", "waiting", Tone.WAITING),
    Tag.DELEGATION_ADD: _Wording("has somebody else approve meanwhile:", "in force"),
    Tag.DELEGATION_END: _Wording("approves again in person:", "ended"),
    Tag.NOTICE_SET: _Wording("sets the notices of", "set"),
    Tag.NOTICE_SEND: _Wording("mail for", "sent"),
    Tag.CHAT_CLAIM: _Wording("typed the code of", "unconfirmed", Tone.WAITING),
    Tag.CHAT_LINK: _Wording("makes a chat speak for", "linked"),
    Tag.CHAT_UNLINK: _Wording("lets a chat no longer speak for", "unlinked"),
    Tag.CHAT_REFUSE: _Wording("typed a command in a chat", "refused", Tone.REFUSED),
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
    wording = _TAGS[event.tag]
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


def _tone(event: Event, wording: _Wording) -> Tone:
    if event.outcome == "error":
        return Tone.REFUSED
    if event.tag is Tag.GLASS_BREAK:
        return _GLASS.get(event.outcome, wording.tone)
    return wording.tone


def _outcome(event: Event, wording: _Wording) -> str:
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
