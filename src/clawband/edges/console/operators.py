"""Who operates Clawband: each with their roles and factors, who was invited, and inviting."""

from dataclasses import dataclass

from starlette.responses import Response

from clawband.edges.console import commands
from clawband.edges.console.pages import part
from clawband.edges.console.visit import Visit
from clawband.flows import credentials
from clawband.identity.assurance import privileged
from clawband.model.environments import ENVIRONMENTS
from clawband.model.person import Operator, Role

PLACE = "/people/operators"
PEOPLE_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A person as a row."""

    operator: Operator
    factors: str
    """What they have beside a password, in words; empty for nothing."""

    @property
    def weak(self) -> bool:
        """Whether a password alone opens roles that can change something."""
        return not self.factors and privileged(self.operator.roles)


async def show(visit: Visit) -> Response:
    people = [_shown(visit, each) for each in visit.service.operators.list()]
    return await visit.show(
        "operators.html",
        people=part(visit, people, PEOPLE_SHOWN),
        weak=sum(each.weak for each in people),
        invitations=visit.service.people.invitations(visit.me),
        roles=tuple(Role),
        environments=ENVIRONMENTS,
        mails=visit.service.mailboxes.on,
        command=commands.line("operator", "list"),
        invite_line=f"{commands.line('operator', 'invite')} NAME --role ROLE",
    )


async def invite(visit: Visit) -> Response:
    """Make a link. It is shown in this answer and nowhere else, so it is no redirect."""
    fields = visit.fields
    name = fields.get("name", "").strip()
    at = f"@{where}" if (where := fields.get("environment", "")) else ""
    roles = [f"{role}{at}" for role in Role if fields.get(f"role-{role}")]
    aliases = fields.get("aliases", "").split()
    mail = fields.get("mail", "").strip()
    invited = await visit.service.people.invite(name, roles, aliases, visit.me, mail)
    return await visit.show("invited.html", name=name, invited=invited, mail=mail)


async def recover(visit: Visit) -> Response:
    """Shown in this answer and nowhere else, like every link."""
    name = visit.part("name")
    invited = await visit.service.people.recover(name, visit.me)
    return await visit.show("invited.html", name=name, invited=invited, mail="")


async def withdraw(visit: Visit) -> Response:
    name = visit.part("name")
    await visit.service.people.withdraw(name, visit.me)
    back = "/me" if name == visit.me.name else PLACE
    return visit.done(back, f"The link for `{name}` is good no longer.")


async def remove(visit: Visit) -> Response:
    name = visit.part("name")
    await visit.service.operators.remove(name, visit.me)
    return visit.done(PLACE, f"`{name}` is removed and signed out everywhere.")


def _shown(visit: Visit, operator: Operator) -> Shown:
    held = credentials.held(operator.name, visit.service.running.store)
    count = len(held.passkeys)
    parts = [f"{count} passkey{'' if count == 1 else 's'}"] if count else []
    parts += ["codes"] if held.one_time else []
    return Shown(operator, ", ".join(parts))
