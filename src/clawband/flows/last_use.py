"""When people last used their account and each of their roles, as far as the record says."""

from collections.abc import Callable
from datetime import datetime

from clawband.flows.sessions import SESSION
from clawband.flows.use import Uses
from clawband.identity.roles import Act
from clawband.model.person import Held, Operator, Role, anywhere
from clawband.policy import console
from clawband.ports.store import Documents

LastUse = Callable[[Operator, Held | None], datetime | None]
"""Of an account, or of one role of it."""


def last_use(uses: Uses, documents: Documents) -> LastUse:
    """An account was used by a sign-in or an act; a role by the acts that needed it."""
    signed: dict[str, datetime] = {}
    for kept in SESSION.all(documents):
        name, used = kept.value.operator, kept.value.used
        signed[name] = max(used, signed.get(name, used))

    def last(operator: Operator, role: Held | None) -> datetime | None:
        mine = uses.last.get(operator.name, {})
        if role is None:
            times = [*mine.values(), *filter(None, (signed.get(operator.name),))]
        else:
            named = anywhere({role})
            times = [mine[act] for act in Act if act in mine and needed(act, operator) in named]
        return max(times, default=None)

    return last


def needed(act: Act, operator: Operator) -> Role | None:
    """The least of their roles that permits the act: whoever approves as an approver has no use
    of being an administrator too. Where they hold it makes no difference here."""
    held = anywhere(operator.roles)
    mine = [role for role in console.roles_for(act) if role in held]
    return Role(min(mine, key=_size)) if mine else None


def _size(role: str) -> int:
    """How many acts a role permits."""
    return sum(role in console.roles_for(act) for act in Act)
