"""Changes that take two people: what waits, exactly what it would do, and who agreed."""

from starlette.responses import Response

from clawband.edges.console import commands, words
from clawband.edges.console.visit import Visit
from clawband.flows import elevate
from clawband.identity.proposal import MAX_NOTE, Proposal, What
from clawband.identity.roles import Act

PLACE = "/people/changes"


async def show(visit: Visit) -> Response:
    found = visit.service.proposals.listed(visit.me)
    now = visit.now
    return await visit.show(
        "changes.html",
        opened=[(each, says(each)) for each in found if each.open(now)],
        closed=[(each, says(each)) for each in found if not each.open(now)],
        controlled=visit.service.running.people.dual_control,
        command=commands.line("changes", "list"),
        propose_line=f'{commands.line("propose", "publish", "DIR")} --note "…"',
    )


async def one(visit: Visit) -> Response:
    shown = await visit.service.proposals.shown(visit.part("id"), visit.me)
    found = shown.proposal
    return await visit.show(
        "change.html",
        each=found,
        says=says(found),
        shown=shown,
        open=found.open(visit.now),
        mine=visit.me.name == found.by,
        agrees=agrees(visit, found),
        most=MAX_NOTE,
        command=commands.line("changes", "agree", found.id),
    )


async def agree(visit: Visit) -> Response:
    agreed = await visit.service.proposals.agree(
        visit.part("id"), visit.fields.get("digest", ""), visit.me
    )
    return visit.done(f"{PLACE}/{agreed.id}", "You agreed, and it was done.")


async def refuse(visit: Visit) -> Response:
    reason = visit.fields.get("note", "")
    closed = await visit.service.proposals.refuse(visit.part("id"), visit.me, reason)
    return visit.done(PLACE, f"The change is {closed.stage}.")


def agrees(visit: Visit, each: Proposal) -> bool:
    """Whether to show the button; the service asks again."""
    return elevate.seconds(each.names, Act.AGREE, visit.me, visit.service.running.store)


def says(each: Proposal) -> str:
    """What it is, to follow "wants to"."""
    content = each.says
    match each.what:
        case What.ACTIVATE:
            return f"put the policy set {words.thing('Policy::' + content['set'])} in force"
        case What.INVITE:
            return f"invite {content['name']} as {', '.join(content['roles'])}"
        case What.REMOVE:
            return f"remove the account {content['name']}"
        case What.RECOVER:
            return f"make a new way into the account {content['name']}"
        case What.UNGUARD:
            return f"take the gateway {content['name']} out of guard"
