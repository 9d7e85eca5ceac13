"""Broken glass: what is broken, how it is broken, and its review."""

from starlette.responses import Response

from clawband.edges.console import commands, words
from clawband.edges.console.visit import Visit
from clawband.flows.authority import may
from clawband.identity.glass import MAX_TEXT, Glass, Stage
from clawband.identity.roles import Act
from clawband.identity.second import names

PLACE = "/people/glass"


async def show(visit: Visit) -> Response:
    service, me = visit.service.glass, visit.me
    found = service.listed(me)
    mine = names(me.operator)
    return await visit.show(
        "glass.html",
        half=[each for each in found if each.stage is Stage.HALF and visit.now < each.until],
        broken=[each for each in found if each.stage is not Stage.HALF],
        others={each.id for each in found if not each.names & mine},
        endable={each.id for each in found if _endable(visit, each)},
        reviewable={each.id for each in found if _reviewable(visit, each)},
        sealed=service.sealed(me),
        past=words.rows(await service.past(me)),
        most=MAX_TEXT,
        seal_line=commands.line("break-glass", "seal"),
        command=commands.line("break-glass", "list"),
    )


async def record(visit: Visit) -> Response:
    told = await visit.service.glass.told(visit.part("id"), visit.me)
    begun = told.events[0].event.detail
    return await visit.show(
        "record.html",
        place=PLACE,
        below="Broken glass",
        heading=f"`{begun['person']}` in an emergency",
        lead=begun.get("reason", ""),
        events=words.rows(told.events),
        acts=words.rows(told.acts),
        command=commands.line("break-glass", "show", told.id),
    )


async def begin(visit: Visit) -> Response:
    fields = visit.fields
    begun = await visit.service.glass.begin(
        fields.get("code", ""), fields.get("purpose", ""), visit.me
    )
    said = f"Somebody else must come within a quarter of an hour, for `{begun.id}`."
    return visit.done(PLACE, said)


async def second(visit: Visit) -> Response:
    code = visit.fields.get("code", "")
    broken = await visit.service.glass.second(visit.part("id"), code, visit.me)
    return visit.done(PLACE, f"The glass is broken: `{broken.name}` is administrator for an hour.")


async def end(visit: Visit) -> Response:
    ended = await visit.service.glass.end(visit.part("id"), visit.me)
    return visit.done(PLACE, f"`{ended.name}` is no longer administrator. A review is due.")


async def review(visit: Visit) -> Response:
    await visit.service.glass.review(visit.part("id"), visit.fields.get("findings", ""), visit.me)
    return visit.done(PLACE, "It is reviewed, and what you found is in the log.")


def _endable(visit: Visit, each: Glass) -> bool:
    involved = visit.me.name in (each.name, each.second)
    return each.stage is Stage.BROKEN and (involved or may(visit.me, Act.ADMINISTER))


def _reviewable(visit: Visit, each: Glass) -> bool:
    """Whether to show the form; the service asks again."""
    involved = (each.names | each.others) & names(visit.me.operator)
    return each.stage is Stage.OVER and not involved and may(visit.me, Act.REVIEW)
