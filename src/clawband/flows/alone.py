"""What nobody does alone where the deployment wants two people."""

from collections.abc import Sequence
from datetime import datetime

from clawband.flows import break_glass
from clawband.model.errors import ConflictError
from clawband.model.person import Role, SignedIn
from clawband.ports.store import Documents, People

PHRASES = {
    "administer": "make or remove accounts",
    "publish": "put a policy set in force",
    "switch-off": "let go unguarded what is guarded",
    "widen": "put a policy set in force that permits more",
}


def refuse(
    act: str,
    how: str,
    by: SignedIn,
    *,
    controlled: Sequence[str],
    documents: Documents,
    now: datetime,
) -> None:
    """Raises `ConflictError` when the deployment wants two people for `act`.

    Not for who broke the glass: that took two, and the ones who might agree may be away.
    """
    if act in controlled and not break_glass.lent(by.operator, documents, now):
        raise ConflictError(
            f"here it takes two people to {PHRASES[act]}",
            remedy=f"propose it with `clawband propose {how}`, and let somebody else agree",
        )


def refuse_takeover(
    name: str, by: SignedIn, *, people: People, documents: Documents, now: datetime
) -> None:
    """Raises `ConflictError` where a new way into the account of somebody else needs a second
    person: wherever somebody else administers, whatever the deployment says. Who is lent the role
    is one beside the administrator who lent it."""
    others = any(each.name != by.name for each in people.operators() if Role.ADMIN in each.roles)
    if others and not break_glass.lent(by.operator, documents, now):
        raise ConflictError(
            f"nobody alone opens the account of `{name}` where others administer too",
            remedy=f"run `clawband propose recover {name}`, and let somebody else agree",
        )
