"""Roles for a while: who has one now, who asks for one, and what was done under the past ones."""

from starlette.responses import Response

from clawband.edges.console import commands, words
from clawband.edges.console.visit import Visit
from clawband.flows import elevate
from clawband.flows.authority import may
from clawband.identity.elevation import MAX_PURPOSE, Elevation, Stage
from clawband.identity.roles import Act
from clawband.model.environments import ENVIRONMENTS
from clawband.model.errors import InputError
from clawband.model.person import Role

TIMES = (15, 60, 240, 480)
"""Minutes to choose from; the command line takes any."""
PLACE = "/people/elevations"


async def show(visit: Visit) -> Response:
    service, me = visit.service.elevations, visit.me
    found = [each for each in service.listed(me) if each.open(visit.now)]
    mine = next((each for each in found if each.name == me.name), None)
    roles = [role for role in Role if role not in me.operator.roles]
    return await visit.show(
        "elevations.html",
        asked=[each for each in found if each.stage is Stage.ASKED],
        holding=[each for each in found if each.stage is Stage.GRANTED],
        past=words.rows(await service.past(me)),
        decidable={each.id for each in found if decidable(visit, each)},
        refuses=may(me, Act.AGREE) and not me.service,
        mine=mine,
        roles=() if mine else roles,
        environments=ENVIRONMENTS,
        times=TIMES,
        most=MAX_PURPOSE,
        command=commands.line("elevate", "list"),
    )


async def record(visit: Visit) -> Response:
    told = await visit.service.elevations.told(visit.part("id"), visit.me)
    asked, last = told.events[0].event.detail, told.events[-1].event
    return await visit.show(
        "record.html",
        place=PLACE,
        below="Roles for a while",
        heading=f"`{asked['person']}` as {asked['role']}",
        lead=f"{asked.get('reason', '')}, for {asked['minutes']} minutes: {last.outcome}",
        events=words.rows(told.events),
        acts=words.rows(told.acts),
        command=commands.line("elevate", "show", told.id),
    )


async def ask(visit: Visit) -> Response:
    fields = visit.fields
    minutes = fields.get("minutes", "")
    if minutes not in map(str, TIMES):
        raise InputError(
            f"expected {', '.join(map(str, TIMES))} minutes, got `{minutes[:20]}`",
            remedy="choose one; the command line takes any",
        )
    at = f"@{where}" if (where := fields.get("environment", "")) else ""
    asked = await visit.service.elevations.ask(
        fields.get("role", "") + at, fields.get("purpose", ""), int(minutes), visit.me
    )
    return visit.done(PLACE, f"You asked for the role {asked.role}. Somebody else must grant it.")


async def grant(visit: Visit) -> Response:
    granted = await visit.service.elevations.grant(visit.part("id"), visit.me)
    said = f"`{granted.name}` has the role {granted.role} for {granted.minutes} minutes."
    return visit.done(PLACE, said)


async def refuse(visit: Visit) -> Response:
    note = visit.fields.get("note", "")
    refused = await visit.service.elevations.refuse(visit.part("id"), visit.me, note)
    return visit.done(PLACE, f"`{refused.name}` was told no.")


async def end(visit: Visit) -> Response:
    ended = await visit.service.elevations.end(visit.part("id"), visit.me)
    return visit.done(PLACE, f"`{ended.name}` no longer has the role {ended.role}.")


def decidable(visit: Visit, each: Elevation) -> bool:
    """Whether to show the button that grants it; the service asks again."""
    store = visit.service.running.store
    return elevate.seconds(each.names, elevate.needs(each.role), visit.me, store)
