"""What can be done in Clawband itself, act by act. Who may is policy: `library/console.cedar`."""

from enum import StrEnum


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
