"""Where values come from: the story of a decision, what people vouch for, offers to take."""

from collections.abc import Sequence
from datetime import timedelta

from starlette.responses import Response

from clawband.approvals import compression, lifecycle
from clawband.edges.console import commands
from clawband.edges.console.visit import Visit
from clawband.flows.authority import places, require_some
from clawband.flows.explain import Account
from clawband.identity.roles import Act
from clawband.model.approval import Approval
from clawband.model.errors import Error, InputError, NotFoundError
from clawband.service.endorsements import Offer

HOURS = (1, 8, 24)
READ_SHOWN = 8


async def story(visit: Visit, id: str) -> Account | None:
    """The account of a decision or an approval; None for an event that is none."""
    try:
        return await visit.service.endorsements.explain(id, visit.me)
    except (NotFoundError, InputError):
        return None


async def offers(visit: Visit) -> Sequence[Offer]:
    """What this person could decide at once."""
    if not (places(visit.me, Act.ENDORSE) & places(visit.me, Act.READ_PAYLOAD)):
        return ()
    found = await visit.service.endorsements.offers(visit.me)
    return [each for each in found if all(_mine(card, visit) for card in each.group.approvals)]


def alone(visit: Visit, account: Account | None) -> Offer | None:
    """What vouching for the values of one card would mean; None when it would not help."""
    approval = account.approval if account else None
    if not account or not approval or not account.endorsable or not approval.session:
        return None
    if not visit.sees.may(Act.ENDORSE, approval.agent) or not _mine(approval, visit):
        return None
    told = (each.explanation for each in account.values)
    return visit.service.endorsements.offer(
        compression.alone(approval, compression.named(told, account.endorsable))
    )


async def show(visit: Visit) -> Response:
    found = await visit.service.endorsements.listed(visit.me)
    return await visit.show(
        "endorsements.html",
        standing=[each for each in found if each.endorsement.holds(visit.now)],
        over=[each for each in found if not each.endorsement.holds(visit.now)],
        command=commands.endorsements(),
        add_line=commands.endorse("VALUE"),
    )


async def revoke(visit: Visit) -> Response:
    ended = await visit.service.endorsements.revoke(visit.part("id"), visit.me)
    return visit.done("/endorsements", f"Nobody vouches for `{ended.value}` any more.")


async def vouch(visit: Visit) -> Response:
    """For the values of one card."""
    require_some(visit.me, Act.ENDORSE)
    approval = visit.part("id")
    given = await visit.service.endorsements.add_for(
        approval, visit.me, visit.fields.get("purpose", ""), _life(visit)
    )
    names = " and ".join(f"`{each.value}`" for each in given)
    return visit.done(f"/approvals/{approval}", f"You vouch for {names}. The waiting call goes on.")


async def cover(visit: Visit) -> Response:
    require_some(visit.me, Act.ENDORSE)
    group, _ = await visit.service.endorsements.cover(
        visit.part("id"), visit.me, visit.fields.get("purpose", ""), _life(visit)
    )
    said = f"{len(group.approvals)} calls go on, and later ones like them need no card."
    return visit.done("/approvals", said)


def _mine(approval: Approval, visit: Visit) -> bool:
    """Whether this person's yes would be enough for it."""
    me = visit.me
    try:
        lifecycle.cover(approval, me.operator, assurance=me.assurance, now=visit.now)
    except Error:
        return False
    return True


def _life(visit: Visit) -> timedelta:
    hours = visit.fields.get("hours", "")
    if hours not in map(str, HOURS):
        raise InputError(
            f"expected {', '.join(map(str, HOURS))} hours, got `{hours[:20]}`",
            remedy="choose one; the command line takes any",
        )
    return timedelta(hours=int(hours))
