"""Through a front door: where a door sends people to sign in, and how they get back to it."""

from starlette.responses import Response

from clawband.edges.console import commands, words
from clawband.edges.console.visit import Visit
from clawband.model.errors import InputError
from clawband.model.event import Tag
from clawband.ports.store import Query

MOST = 20
DIGEST = 43
"""Characters of a SHA-256 in base64url (RFC 7636 §4.2)."""


async def show(visit: Visit) -> Response:
    """Who is through which door now, and who was turned away."""
    found = visit.service.doors.listed(visit.me)
    query = Query(tags=frozenset({Tag.DOOR_REFUSE}), limit=MOST)
    return await visit.show(
        "doors.html",
        found=found,
        people=sum(len(guests) for _, guests in found),
        refused=words.rows(await visit.sees.find(query)),
        command=commands.line("door", "list"),
    )


async def enter(visit: Visit) -> Response:
    """Back to the door with a code. By a page of its own: a form of ours must not lead elsewhere,
    and who signs in comes here by one."""
    challenge = visit.asked("challenge", 2 * DIGEST)
    if len(challenge) != DIGEST:
        raise InputError("no door sent you here", remedy="open the door's own address")
    door, code = await visit.service.doors.invite(visit.part("name"), challenge, visit.me)
    return await visit.show("enter.html", door=door, wanted=f"{door.back}?code={code}")
