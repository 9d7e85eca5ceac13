"""What each kind of event is called in a sentence, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from clawband.model.event import Tag


class Tone(StrEnum):
    """What a colour may say. A word always goes with it."""

    PLAIN = "plain"
    REFUSED = "refused"
    WAITING = "waiting"
    PROVED = "proved"


@dataclass(frozen=True, slots=True)
class Wording:
    """What who acts does, and in one word what came of it."""

    verb: str
    outcome: str
    tone: Tone = Tone.PLAIN


TAGS: Mapping[Tag, Wording] = {
    Tag.DECISION_PERMIT: Wording("", "allowed"),
    Tag.DECISION_DENY: Wording("", "refused", Tone.REFUSED),
    Tag.DECISION_HOLD: Wording("", "held", Tone.WAITING),
    Tag.REQUEST_REFUSE: Wording("sent what is no request", "refused", Tone.REFUSED),
    Tag.APPROVAL_OPEN: Wording("waits for an approval of", "waiting", Tone.WAITING),
    Tag.APPROVAL_GRANT: Wording("agrees to", "approved"),
    Tag.APPROVAL_REFUSE: Wording("says no to", "refused", Tone.REFUSED),
    Tag.APPROVAL_EXPIRE: Wording("got no answer in time for", "expired"),
    Tag.APPROVAL_SPEND: Wording("uses the approval of", "used"),
    Tag.MESSAGE_RECEIVE: Wording("wrote a message", "received"),
    Tag.MESSAGE_SEND: Wording("sent its reply", "sent"),
    Tag.CALL_FINISH: Wording("finished", "done"),
    Tag.CALL_UNREPORTED: Wording("ran, without asking,", "not permitted", Tone.REFUSED),
    Tag.RUN_FINISH: Wording("finished its turn", "done"),
    Tag.GATEWAY_START: Wording("the gateway starts", "started"),
    Tag.GATEWAY_STOP: Wording("the gateway stops", "stopped"),
    Tag.GATEWAY_SILENT: Wording("the gateway sends no heartbeat", "silent", Tone.REFUSED),
    Tag.GATEWAY_GAP: Wording("the gateway's events have a gap", "missing", Tone.REFUSED),
    Tag.GATEWAY_ENROLL: Wording("takes under guard the gateway", "enrolled"),
    Tag.GATEWAY_REMOVE: Wording("takes out of guard the gateway", "ungoverned", Tone.REFUSED),
    Tag.ENFORCEMENT_REFUSE: Wording("got no answer in time for", "refused", Tone.REFUSED),
    Tag.CONTROL_PAUSE: Wording("pauses", "paused", Tone.WAITING),
    Tag.CONTROL_RESUME: Wording("resumes", "running"),
    Tag.POLICY_ACTIVATE: Wording("puts in force the policy set", "active"),
    Tag.POLICY_REFUSE: Wording("tried to publish a policy set", "refused", Tone.REFUSED),
    Tag.OPERATOR_ADD: Wording("adds the operator", "added"),
    Tag.OPERATOR_REMOVE: Wording("removes the operator", "removed"),
    Tag.SESSION_OPEN: Wording("signs in", "signed in"),
    Tag.SESSION_REFUSE: Wording("tried to sign in", "refused", Tone.REFUSED),
    Tag.SESSION_CLOSE: Wording("signs out", "signed out"),
    Tag.LOG_EXPORT: Wording("exports the log", "exported"),
    Tag.SERVER_START: Wording("Clawband starts", "started"),
    Tag.SERVER_STOP: Wording("Clawband stops", "stopped"),
    Tag.CLOCK_STEP: Wording("the clock stepped back", "held"),
    Tag.ENDORSEMENT_ADD: Wording("vouches for a value in", "in force"),
    Tag.ENDORSEMENT_REVOKE: Wording("no longer vouches for a value in", "revoked"),
    Tag.PLACE_QUARANTINE: Wording("wrote what waits in quarantine", "waiting", Tone.WAITING),
    Tag.PLACE_RELEASE: Wording("lets out of quarantine", "released"),
    Tag.PLACE_REVERT: Wording("takes back what was written to", "reverted"),
    Tag.PLACE_DISCARD: Wording("throws away what waited in quarantine", "discarded"),
    Tag.EGRESS_REFUSE: Wording("came no further on the way to", "refused", Tone.REFUSED),
    Tag.EGRESS_CLOSE: Wording("ends its connection to", "closed"),
    Tag.EGRESS_BYPASS: Wording("tried to leave beside the proxy for", "stopped", Tone.REFUSED),
    Tag.LAUNCH_START: Wording("starts, contained, a command of", "started"),
    Tag.LAUNCH_REFUSE: Wording("did not start a command of", "refused", Tone.REFUSED),
    Tag.LAUNCH_BLOCK: Wording("tried to leave its sandbox with", "stopped", Tone.REFUSED),
    Tag.LAUNCH_END: Wording("ended a command of", "ended"),
    Tag.ENFORCEMENT_MISSING: Wording("did, without asking,", "not asked", Tone.REFUSED),
    Tag.ENFORCEMENT_LOST: Wording("is no longer governed", "ungoverned", Tone.REFUSED),
    Tag.ENFORCEMENT_RESTORED: Wording("is governed again", "governed", Tone.PROVED),
    Tag.CANARY_OK: Wording("asks and obeys, as canaries show", "proved", Tone.PROVED),
    Tag.CANARY_FAIL: Wording("was tried with canaries", "not proved", Tone.REFUSED),
    Tag.MODEL_FINISH: Wording("has its answer from", "done"),
    Tag.WITNESS_DIFFER: Wording("was seen by one witness only, with", "differs", Tone.REFUSED),
    Tag.ACCOUNT_ADD: Wording("sets up the service account", "in force"),
    Tag.ACCOUNT_REMOVE: Wording("removes the service account", "removed"),
    Tag.KEY_ADD: Wording("makes the key", "made"),
    Tag.KEY_REVOKE: Wording("revokes the key", "revoked"),
    Tag.REVIEW_OPEN: Wording("asks who still needs what, in the review", "open", Tone.WAITING),
    Tag.REVIEW_DECIDE: Wording("reviews", "reviewed"),
    Tag.REVIEW_CLOSE: Wording("closes the review", "closed"),
    Tag.REVIEW_REMIND: Wording("access is to be reviewed soon in", "due", Tone.WAITING),
    Tag.REVIEW_OVERDUE: Wording("access was not reviewed in time in", "overdue", Tone.REFUSED),
    Tag.ELEVATION_ASK: Wording("asks for a role for a while:", "waiting", Tone.WAITING),
    Tag.ELEVATION_GRANT: Wording("lends a role:", "granted"),
    Tag.ELEVATION_REFUSE: Wording("does not lend a role:", "refused", Tone.REFUSED),
    Tag.ELEVATION_END: Wording("no longer lends a role:", "ended"),
    Tag.GLASS_BREAK: Wording("breaks the glass:", "broken", Tone.REFUSED),
    Tag.GLASS_REVIEW: Wording("reviews broken glass:", "reviewed"),
    Tag.PROPOSAL_OPEN: Wording("proposes a change:", "waiting", Tone.WAITING),
    Tag.PROPOSAL_AGREE: Wording("agrees to the change", "agreed"),
    Tag.PROPOSAL_REFUSE: Wording("says no to the change", "refused", Tone.REFUSED),
    Tag.OPERATOR_INVITE: Wording("invites", "waiting", Tone.WAITING),
    Tag.OPERATOR_CHANGE: Wording("changes the roles of", "changed"),
    Tag.CREDENTIAL_ADD: Wording("adds a way to sign in as", "added"),
    Tag.CREDENTIAL_REMOVE: Wording("removes a way to sign in as", "removed"),
    Tag.CREDENTIAL_USE: Wording("proves again to be", "proved", Tone.PROVED),
    Tag.SESSION_REVOKE: Wording("ends sign-ins of", "ended"),
    Tag.WORKLOAD_TRADE: Wording("comes as the workload", "signed in"),
    Tag.WORKLOAD_REFUSE: Wording("tried to come as a workload", "refused", Tone.REFUSED),
    Tag.APPROVAL_EDIT: Wording("rewrites what waits in", "rewritten"),
    Tag.APPROVAL_ESCALATE: Wording("got no answer, so others are asked", "waiting", Tone.WAITING),
    Tag.DELEGATION_ADD: Wording("has somebody else approve meanwhile:", "in force"),
    Tag.DELEGATION_END: Wording("approves again in person:", "ended"),
    Tag.NOTICE_SET: Wording("sets the notices of", "set"),
    Tag.NOTICE_SEND: Wording("mail for", "sent"),
    Tag.CHAT_CLAIM: Wording("typed the code of", "unconfirmed", Tone.WAITING),
    Tag.CHAT_LINK: Wording("makes a chat speak for", "linked"),
    Tag.CHAT_UNLINK: Wording("lets a chat no longer speak for", "unlinked"),
    Tag.CHAT_REFUSE: Wording("typed a command in a chat", "refused", Tone.REFUSED),
    Tag.SECRET_ADD: Wording("keeps the secret", "kept"),
    Tag.SECRET_CHANGE: Wording("changes who may have the secret", "changed"),
    Tag.SECRET_REMOVE: Wording("no longer keeps the secret", "removed"),
    Tag.SECRET_SET: Wording("gives a new value to", "set"),
    Tag.SECRET_LEND: Wording("was lent the secret", "lent"),
    Tag.SECRET_REFUSE: Wording("was not lent the secret", "refused", Tone.REFUSED),
    Tag.SECRET_END: Wording("sees that an old value opens nothing:", "dead", Tone.PROVED),
    Tag.MASTER_CHANGE: Wording("wraps the vault with another master key", "wrapped"),
    Tag.ROTATION_BEGIN: Wording("begins to rotate", "under way", Tone.WAITING),
    Tag.ROTATION_STEP: Wording("goes on rotating", "done"),
    Tag.ROTATION_END: Wording("rotated", "rotated", Tone.PROVED),
    Tag.ROTATION_FAIL: Wording("could not rotate", "failed", Tone.REFUSED),
    Tag.ROTATION_DUE: Wording("should have been rotated by now:", "overdue", Tone.REFUSED),
    Tag.LEAK_OPEN: Wording("reports the leak of", "open", Tone.REFUSED),
    Tag.LEAK_STEP: Wording("goes on with the leak of", "done"),
    Tag.LEAK_CLOSE: Wording("closes the leak of", "closed"),
    Tag.HONEYTOKEN_PLANT: Wording("plants the honeytoken", "planted"),
    Tag.HONEYTOKEN_USE: Wording("used the honeytoken", "alarm", Tone.REFUSED),
    Tag.HONEYTOKEN_REMOVE: Wording("removes the honeytoken", "removed"),
    Tag.DOOR_OPEN: Wording("goes through the front door of", "let in"),
    Tag.DOOR_REFUSE: Wording("knocked at the front door of", "refused", Tone.REFUSED),
    Tag.DOOR_CLOSE: Wording("leaves through the front door of", "closed"),
    Tag.CERTIFICATE_ISSUE: Wording("issues the certificate of", "issued"),
    Tag.CERTIFICATE_REVOKE: Wording("revokes the certificate of", "revoked"),
    Tag.CERTIFICATE_DUE: Wording("ends soon: the certificate of", "due", Tone.WAITING),
}
