"""Who decides approvals while somebody is away."""

from datetime import UTC, date, datetime, time, timedelta

from starlette.responses import Response

from clawband.approvals.delegation import LONGEST, MAX_PURPOSE
from clawband.edges.console import commands
from clawband.edges.console.visit import Visit
from clawband.flows.authority import may
from clawband.identity.roles import Act
from clawband.model.errors import InputError

PLACE = "/people/delegations"


async def show(visit: Visit) -> Response:
    found = visit.service.delegations.listed(visit.me)
    decides = may(visit.me, Act.DECIDE_APPROVAL)
    others = [each.name for each in visit.service.operators.list() if each.name != visit.me.name]
    return await visit.show(
        "delegations.html",
        delegations=found,
        names=others if decides else (),
        days=LONGEST.days,
        most=MAX_PURPOSE,
        today=visit.now.date().isoformat(),
        ends=may(visit.me, Act.ADMINISTER),
        command=commands.line("delegate", "list"),
    )


async def add(visit: Visit) -> Response:
    """From the beginning of the first day, or now, to the end of the last, UTC."""
    fields = visit.fields
    first = _day(fields.get("start", "")) if fields.get("start") else visit.now
    until = _day(fields.get("until", "")) + timedelta(days=1)
    added = await visit.service.delegations.add(
        fields.get("to", ""), max(first, visit.now), until, fields.get("purpose", ""), visit.me
    )
    return visit.done(PLACE, f"`{added.to}` decides approvals for you.")


async def end(visit: Visit) -> Response:
    giver = visit.part("name")
    await visit.service.delegations.end(giver, visit.me)
    return visit.done(PLACE, f"Nobody decides for `{giver}` any more.")


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError as error:
        raise InputError(
            f"expected a day, got `{text[:40]}`", remedy="write it as in 2026-12-24"
        ) from error
