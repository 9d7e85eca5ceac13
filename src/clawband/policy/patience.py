"""`[approval]`: who is asked when nobody answers, how long an approval lives, and whether a chat is
good enough."""

from clawband.model.access import Requirement
from clawband.model.deployment import Patience
from clawband.model.person import Role
from clawband.policy.reader import Table
from clawband.policy.rule import approved

LONGEST = 7 * 24 * 60


def read(table: Table) -> Patience:
    """What the manifest says; nothing said leaves the server's times and asks nobody else."""
    said = Patience(
        escalate_minutes=_minutes(table, "escalate_minutes"),
        escalate_to=table.choice("escalate_to", list(Role), ""),
        expire_minutes=_minutes(table, "expire_minutes"),
        chat=table.truth("chat", default=False),
    )
    if bool(said.escalate_minutes) is not bool(said.escalate_to):
        key = "escalate_to" if said.escalate_to else "escalate_minutes"
        table.complain(key, "expected `escalate_minutes` and `escalate_to` together, got one")
    if 0 < said.expire_minutes <= said.escalate_minutes:
        table.complain("expire_minutes", "expected it to be later than `escalate_minutes`")
    table.close()
    return said


def agreed(requirement: Requirement, patience: Patience) -> str:
    """The condition that an approval is present: of who is asked, or of who is asked in the end.

    Whoever is asked in the end may decide from the beginning: the minutes say when they are told.
    """
    if patience.escalate_to in ("", requirement.role):
        return approved(requirement)
    other = Requirement(patience.escalate_to, requirement.people, requirement.assurance)
    return f"(({approved(requirement)}) || ({approved(other)}))"


def _minutes(table: Table, key: str) -> int:
    return table.whole(key, 0, least=1, most=LONGEST) if key in table.values else 0
