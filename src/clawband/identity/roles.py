"""What each role may do in Clawband itself. Deny by default: what is not listed is not allowed."""

from enum import StrEnum

from clawband.model.person import Role


class Act(StrEnum):
    """What an operator can do."""

    LOOK = "look"
    """Read the state and the log, without message texts or arguments."""
    READ_PAYLOAD = "read-payload"
    """Read exact arguments and texts."""
    DECIDE_APPROVAL = "decide-approval"
    ENDORSE = "endorse"
    """Vouch for a value."""
    ENDORSE_SOURCE = "endorse-source"
    """Vouch for everything that a source says."""
    REVOKE = "revoke"
    """End an endorsement."""
    RESTORE = "restore"
    """Put back, release or throw away what an agent wrote."""
    STOP = "stop"
    """Pause and resume."""
    PUBLISH = "publish"
    """Activate and roll back policy."""
    EXPORT = "export"
    ADMINISTER = "administer"
    """Operators, service accounts and gateways."""
    AGREE = "agree"
    """Be the second person of a change, an elevation or broken glass."""
    REVIEW = "review"
    """Open access reviews and decide in them."""


_EVERYBODY = frozenset(Role)
MATRIX: dict[Act, frozenset[Role]] = {
    Act.LOOK: _EVERYBODY,
    Act.READ_PAYLOAD: frozenset({Role.ADMIN, Role.OPERATOR, Role.APPROVER, Role.AUDITOR}),
    Act.DECIDE_APPROVAL: frozenset({Role.ADMIN, Role.APPROVER}),
    Act.ENDORSE: frozenset({Role.ADMIN, Role.APPROVER}),
    Act.ENDORSE_SOURCE: frozenset({Role.ADMIN}),
    Act.REVOKE: frozenset({Role.ADMIN, Role.APPROVER, Role.OPERATOR}),
    Act.RESTORE: frozenset({Role.ADMIN, Role.APPROVER}),
    Act.STOP: frozenset({Role.ADMIN, Role.OPERATOR}),
    Act.PUBLISH: frozenset({Role.ADMIN, Role.BUILDER}),
    Act.EXPORT: frozenset({Role.ADMIN, Role.AUDITOR}),
    Act.ADMINISTER: frozenset({Role.ADMIN}),
    Act.AGREE: frozenset({Role.ADMIN, Role.APPROVER}),
    Act.REVIEW: frozenset({Role.ADMIN, Role.AUDITOR}),
}
