"""Honeytokens: where are they, and did somebody use one? A value is told once, when it is made."""

from starlette.responses import Response

from clawband.edges.console import alarms, commands, words
from clawband.edges.console.visit import Visit
from clawband.flows.authority import may, places
from clawband.flows.honeytokens import Asked
from clawband.identity.roles import Act
from clawband.labels.lures import KINDS
from clawband.model.event import Tag
from clawband.ports.store import Query

PLACE = "/secrets/honeytokens"
MOST = 50
_FIELDS = ("kind", "where", "gateway", "agent", "file", "secret")


async def show(visit: Visit) -> Response:
    query = Query(tags=frozenset({Tag.HONEYTOKEN_USE}), limit=MOST)
    found = visit.service.honeytokens.listed(visit.me)
    return await visit.show(
        "honeytokens.html",
        found=list(reversed(found)),
        troubles=await alarms.troubles(visit),
        uses=words.rows(await visit.sees.find(query)),
        kinds=list(KINDS),
        gateways=[each.name for each in visit.sees.gateways()],
        keeps=bool(places(visit.me, Act.ROTATE)),
        removes={each.id for each in found if may(visit.me, Act.ROTATE, each.value.environment)},
        command=commands.line("honeytoken", "list"),
    )


async def plant(visit: Visit) -> Response:
    """Its text on the very answer: it is kept nowhere, and never told again."""
    asked = Asked(**{each: visit.fields.get(each, "").strip() for each in _FIELDS})
    made, token, lure = await visit.service.honeytokens.plant(asked, visit.me)
    if token.file:
        return visit.done(PLACE, f"It stands in `{token.file}` of `{token.agent}`.")
    return await visit.show("lure.html", id=made, token=token, lure=lure, path=PLACE, here=PLACE)


async def remove(visit: Visit) -> Response:
    await visit.service.honeytokens.remove(visit.part("id"), visit.me)
    return visit.done(PLACE, "It is gone: its use is no alarm any more.")
