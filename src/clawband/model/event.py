"""Event: one thing that happened, as the log remembers it.

Tags are `subject:verb`, appended only, never reused. An event answers who, when, which resource,
which action, with what outcome, under which ids, and what caused it. It carries digests and ids,
never message text and never a secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from clawband.model.digest import Json


class Tag(StrEnum):
    DECISION_PERMIT = "decision:permit"
    DECISION_DENY = "decision:deny"
    DECISION_HOLD = "decision:hold"
    REQUEST_REFUSE = "request:refuse"
    """Bytes that never became a request: malformed, oversized, unauthenticated."""
    APPROVAL_OPEN = "approval:open"
    APPROVAL_GRANT = "approval:grant"
    APPROVAL_REFUSE = "approval:refuse"
    APPROVAL_EXPIRE = "approval:expire"
    APPROVAL_SPEND = "approval:spend"
    MESSAGE_RECEIVE = "message:receive"
    MESSAGE_SEND = "message:send"
    CALL_FINISH = "call:finish"
    CALL_UNREPORTED = "call:unreported"
    """A result for a call that was never permitted."""
    RUN_FINISH = "run:finish"
    GATEWAY_START = "gateway:start"
    GATEWAY_STOP = "gateway:stop"
    GATEWAY_SILENT = "gateway:silent"
    GATEWAY_GAP = "gateway:gap"
    GATEWAY_ENROLL = "gateway:enroll"
    ENFORCEMENT_REFUSE = "enforcement:refuse"
    """The enforcement point refused by itself, because it had no answer in time."""
    CONTROL_PAUSE = "control:pause"
    CONTROL_RESUME = "control:resume"
    POLICY_ACTIVATE = "policy:activate"
    POLICY_REFUSE = "policy:refuse"
    OPERATOR_ADD = "operator:add"
    OPERATOR_REMOVE = "operator:remove"
    SESSION_OPEN = "session:open"
    SESSION_REFUSE = "session:refuse"
    SESSION_CLOSE = "session:close"
    LOG_EXPORT = "log:export"
    SERVER_START = "server:start"
    SERVER_STOP = "server:stop"
    CLOCK_STEP = "clock:step"
    ENDORSEMENT_ADD = "endorsement:add"
    ENDORSEMENT_REVOKE = "endorsement:revoke"
    PLACE_QUARANTINE = "place:quarantine"
    PLACE_RELEASE = "place:release"
    PLACE_REVERT = "place:revert"
    PLACE_DISCARD = "place:discard"
    EGRESS_REFUSE = "egress:refuse"
    """A connection that policy permitted, or never saw, and that went no further."""
    EGRESS_CLOSE = "egress:close"
    EGRESS_BYPASS = "egress:bypass"
    """A packet or connection that tried to leave beside the proxy, and was dropped."""
    LAUNCH_START = "launch:start"
    LAUNCH_REFUSE = "launch:refuse"
    LAUNCH_BLOCK = "launch:block"
    """What a command tried and its sandbox stopped."""
    LAUNCH_END = "launch:end"
    ENFORCEMENT_MISSING = "enforcement:missing"
    """Something happened that the guard should have been asked about, and was not."""
    ENFORCEMENT_LOST = "enforcement:lost"
    ENFORCEMENT_RESTORED = "enforcement:restored"
    CANARY_OK = "canary:ok"
    CANARY_FAIL = "canary:fail"
    MODEL_FINISH = "model:finish"
    WITNESS_DIFFER = "witness:differ"
    """One witness saw what another did not."""
    OPERATOR_INVITE = "operator:invite"
    OPERATOR_CHANGE = "operator:change"
    """Other roles or aliases; the sign-ins that had the old ones end."""
    CREDENTIAL_ADD = "credential:add"
    """A passkey, a password, a one-time-password device or recovery codes."""
    CREDENTIAL_REMOVE = "credential:remove"
    CREDENTIAL_USE = "credential:use"
    """A recovery code or a step up within a sign-in."""
    SESSION_REVOKE = "session:revoke"
    ELEVATION_ASK = "elevation:ask"
    ELEVATION_GRANT = "elevation:grant"
    ELEVATION_REFUSE = "elevation:refuse"
    ELEVATION_END = "elevation:end"
    GLASS_BREAK = "glass:break"
    GLASS_REVIEW = "glass:review"
    PROPOSAL_OPEN = "proposal:open"
    """A change that needs a second person."""
    PROPOSAL_AGREE = "proposal:agree"
    PROPOSAL_REFUSE = "proposal:refuse"
    REVIEW_OPEN = "review:open"
    REVIEW_DECIDE = "review:decide"
    REVIEW_CLOSE = "review:close"
    REVIEW_OVERDUE = "review:overdue"
    ACCOUNT_ADD = "account:add"
    """A service account."""
    ACCOUNT_REMOVE = "account:remove"
    KEY_ADD = "key:add"
    KEY_REVOKE = "key:revoke"
    WORKLOAD_TRADE = "workload:trade"
    """A workload's token was traded for a credential of ours (RFC 8693)."""
    WORKLOAD_REFUSE = "workload:refuse"
    APPROVAL_EDIT = "approval:edit"
    APPROVAL_ESCALATE = "approval:escalate"
    DELEGATION_ADD = "delegation:add"
    DELEGATION_END = "delegation:end"
    REVIEW_REMIND = "review:remind"
    GATEWAY_REMOVE = "gateway:remove"
    """It is no longer under guard, because somebody wants it so."""
    NOTICE_SET = "notice:set"
    """Where somebody gets mail, or about what."""
    NOTICE_SEND = "notice:send"
    """A mail that was delivered, or given up."""
    CHAT_CLAIM = "chat:claim"
    """Somebody typed in a chat the code that links it."""
    CHAT_LINK = "chat:link"
    """Its owner confirmed it; the account has an alias more, and the sign-ins without it end."""
    CHAT_UNLINK = "chat:unlink"
    CHAT_REFUSE = "chat:refuse"
    """A command in a chat that was not obeyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Empty strings mean "does not apply", never "unknown but hidden"."""

    id: str
    at: datetime
    tag: Tag
    who: str = ""
    gateway: str = ""
    agent: str = ""
    action: str = ""
    resource: str = ""
    outcome: str = ""
    session: str = ""
    run: str = ""
    call: str = ""
    message: str = ""
    trace: str = ""
    cause: str = ""
    """Id of the event or decision that led here."""
    policy: str = ""
    """Digest of the active policy set."""
    detail: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leaf:
    """An event in its place in the log: index, exact bytes, event."""

    index: int
    body: bytes
    event: Event
