"""Who has more than they need, as values: what was found, and what would be enough."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from clawband.identity.roles import Act
from clawband.model.person import Role


class Kind(StrEnum):
    UNUSED = "unused"
    """Granted, and not used for a long time."""
    IDLE = "idle"
    """Everything it has is unused."""
    WIDE = "wide"
    """One agent for too many things."""
    TRIFECTA = "trifecta"
    """It reads what strangers write and what is confidential, and sends by itself."""
    MANY = "many"
    """One name in several workflows."""
    ADMIN = "admin"
    """May do everything, and does little of it."""
    ADMINS = "admins"
    DUTIES = "duties"
    """The same person changes policy and approves."""
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`says` is a sentence without a full stop; `remedy` what to do."""

    kind: Kind
    who: str
    says: str
    remedy: str
    file: str = ""
    proposal: str = ""
    """The text that `file` could have instead; empty for none."""


MOST_SYSTEMS = 4
MOST_EFFECTS = 5
ADMINS = 3
"""As many administrators need no explanation; more than a tenth of everybody do."""


def enough(used: frozenset[Act], may: dict[Role, frozenset[Act]]) -> frozenset[Role] | None:
    """The fewest roles, none of them admin, with the fewest acts, that allow what was used; None
    when only an admin may."""
    others = [role for role in Role if role is not Role.ADMIN]
    for count in range(1, len(others) + 1):
        fitting = [
            chosen for chosen in combinations(others, count)
            if used <= frozenset().union(*(may[role] for role in chosen))
        ]  # fmt: skip
        if fitting:
            return frozenset(
                min(fitting, key=lambda chosen: sum(len(may[each]) for each in chosen))
            )
    return None
