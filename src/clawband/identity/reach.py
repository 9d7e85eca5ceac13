"""Who can do what, as values: every power of everybody and everything, and which are critical."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from clawband.identity.roles import Act
from clawband.model.event import Event, Tag


class Kind(StrEnum):
    PERSON = "person"
    ACCOUNT = "service account"
    AGENT = "agent"
    GATEWAY = "gateway"


CRITICAL_ACTS: Mapping[Act, str] = {
    Act.ADMINISTER: "add people, keys and gateways",
    Act.PUBLISH: "change what agents may do",
    Act.AGREE: "be the second person",
    Act.DECIDE_APPROVAL: "let a held act of an agent happen",
    Act.KEEP_SECRETS: "change who has which secret",
    Act.ENDORSE_SOURCE: "vouch for all that a source says",
    Act.ENDORSE: "vouch for a value",
    Act.READ_PAYLOAD: "read exact texts and arguments",
    Act.ROTATE: "rotate secrets",
    Act.STOP: "pause and resume",
}
"""What each lets somebody do, the gravest first."""
CRITICAL_ACTIONS: Mapping[str, str] = {
    "tool:configure": "change the gateway",
    "plugin:install": "install plugins",
    "tool:pay": "pay",
    "tool:delete": "delete",
    "tool:execute": "run commands",
    "tool:send": "send",
    "secret:use": "use a credential",
    "skill:write": "write its own instructions and skills",
    "gateway:loosen": "go on without a guard",
}
_ORDER = {each: place for place, each in enumerate([*CRITICAL_ACTS, *CRITICAL_ACTIONS])}
_KINDS = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """An agent under policy, as its manifest describes it. It receives and answers on no other
    channel than these."""

    who: str
    workflow: str
    owner: str
    purpose: str
    where: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """Somebody or something can do one thing, at most: circumstances may still refuse it."""

    kind: Kind
    who: str
    can: str
    """An act of Clawband (`administer`) or an action of an agent (`tool:pay`)."""
    what: str = ""
    """The tool, host, plugin or credential; `*` for any."""
    by: str
    """The policy that gives it."""
    terms: str = ""
    """What must come with it, such as an approval."""
    broad: str = ""
    """What makes it wide, such as `any recipient`."""
    where: str = ""
    """The environment; empty for all."""
    owner: str = ""
    """Who answers for an agent, as its manifest says."""
    last: datetime | None = None

    @property
    def critical(self) -> bool:
        return self.can in _ORDER

    @property
    def recorded(self) -> bool:
        """Whether the log shows each use of it, so that without one it was never used."""
        return self.can in _RECORDED or self.can.startswith(_KEPT)

    @property
    def says(self) -> str:
        """In words: `pay with refund`, `change what agents may do`."""
        words = _ACTS.get(self.can) or CRITICAL_ACTIONS.get(self.can)
        return words or self.can.replace("-", " ").replace(":", ": ")


_ACTS = {str(act): words for act, words in CRITICAL_ACTS.items()}


def ordered(powers: Iterable[Power]) -> Sequence[Power]:
    """The gravest first; people before machines, the broad before the narrow, then by name."""
    return sorted(powers, key=_place)


def _place(power: Power) -> tuple[int, int, bool, str, str]:
    rank = _ORDER.get(power.can, len(_ORDER))
    return rank, _KINDS[power.kind], not power.broad, power.who, power.what


_USES: Mapping[Tag, Act] = {
    Tag.APPROVAL_GRANT: Act.DECIDE_APPROVAL,
    Tag.APPROVAL_REFUSE: Act.DECIDE_APPROVAL,
    Tag.APPROVAL_EDIT: Act.DECIDE_APPROVAL,
    Tag.ENDORSEMENT_ADD: Act.ENDORSE,
    Tag.ENDORSEMENT_REVOKE: Act.REVOKE,
    Tag.PLACE_RELEASE: Act.RESTORE,
    Tag.PLACE_REVERT: Act.RESTORE,
    Tag.PLACE_DISCARD: Act.RESTORE,
    Tag.CONTROL_PAUSE: Act.STOP,
    Tag.CONTROL_RESUME: Act.STOP,
    Tag.POLICY_ACTIVATE: Act.PUBLISH,
    Tag.LOG_EXPORT: Act.EXPORT,
    Tag.OPERATOR_ADD: Act.ADMINISTER,
    Tag.OPERATOR_INVITE: Act.ADMINISTER,
    Tag.OPERATOR_CHANGE: Act.ADMINISTER,
    Tag.OPERATOR_REMOVE: Act.ADMINISTER,
    Tag.GATEWAY_ENROLL: Act.ADMINISTER,
    Tag.GATEWAY_REMOVE: Act.ADMINISTER,
    Tag.ACCOUNT_ADD: Act.ADMINISTER,
    Tag.ACCOUNT_REMOVE: Act.ADMINISTER,
    Tag.KEY_ADD: Act.ADMINISTER,
    Tag.KEY_REVOKE: Act.ADMINISTER,
    Tag.ELEVATION_GRANT: Act.AGREE,
    Tag.ELEVATION_REFUSE: Act.AGREE,
    Tag.PROPOSAL_AGREE: Act.AGREE,
    Tag.PROPOSAL_REFUSE: Act.AGREE,
    Tag.SECRET_ADD: Act.KEEP_SECRETS,
    Tag.SECRET_CHANGE: Act.KEEP_SECRETS,
    Tag.SECRET_REMOVE: Act.KEEP_SECRETS,
    Tag.SECRET_SET: Act.KEEP_SECRETS,
    Tag.ROTATION_BEGIN: Act.ROTATE,
    Tag.LEAK_OPEN: Act.ROTATE,
    Tag.REVIEW_OPEN: Act.REVIEW,
    Tag.REVIEW_DECIDE: Act.REVIEW,
    Tag.REVIEW_CLOSE: Act.REVIEW,
}
_RECORDED = frozenset(map(str, _USES.values()))
_KEPT = ("tool:", "plugin:")


def consumer(event: Event) -> str:
    """Who was lent a secret: a gateway, or an agent at a host."""
    host, who = event.detail.get("host"), event.agent or event.gateway
    return f"{who} at {host}" if host else who


def used(event: Event) -> tuple[str, str] | None:
    """Whose power an event is the use of, and which: `("ana", "publish")`,
    `("sample/desk", "tool:pay refund")`, `("Secret::crm/key", "sample")`. None for one that is no
    use of a power."""
    if event.tag is Tag.DECISION_PERMIT:
        if not event.action.startswith(_KEPT) or event.detail.get("preview"):
            return None
        return event.agent, f"{event.action} {event.resource.partition('::')[2]}"
    if event.tag is Tag.SECRET_LEND:
        return event.resource, consumer(event)
    act = _USES.get(event.tag)
    return (event.who, str(act)) if act and event.who else None
