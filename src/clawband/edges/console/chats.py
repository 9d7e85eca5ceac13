"""The chats from which somebody decides approvals."""

from starlette.responses import Response

from clawband.edges.console.me import renewed
from clawband.edges.console.visit import Visit
from clawband.identity.chats import LIFE


async def begin(visit: Visit) -> Response:
    """A code. It is shown in this answer and nowhere else, so it is no redirect."""
    code = await visit.service.chats.begin(visit.me)
    return await visit.show("chat.html", code=code, minutes=int(LIFE.total_seconds()) // 60)


async def confirm(visit: Visit) -> Response:
    secret = await visit.service.chats.confirm(visit.fields.get("id", ""), visit.me)
    return renewed(visit, "/me", secret)


async def unlink(visit: Visit) -> Response:
    await visit.service.chats.unlink(visit.fields.get("id", ""), visit.me)
    return visit.done("/me", "That chat decides nothing for you any more.")
