"""Through a front door: where a door sends people to sign in, and how they get back to it."""

from starlette.responses import Response

from clawband.edges.console.visit import Visit
from clawband.model.errors import InputError

DIGEST = 43
"""Characters of a SHA-256 in base64url (RFC 7636 §4.2)."""


async def enter(visit: Visit) -> Response:
    """Back to the door with a code. By a page of its own: a form of ours must not lead elsewhere,
    and who signs in comes here by one."""
    challenge = visit.asked("challenge", 2 * DIGEST)
    if len(challenge) != DIGEST:
        raise InputError("no door sent you here", remedy="open the door's own address")
    door, code = await visit.service.doors.invite(visit.part("name"), challenge, visit.me)
    return await visit.show("enter.html", door=door, wanted=f"{door.back}?code={code}")
