"""Where somebody gets mail and about what: the forms of `/me`, and the page a link leads to."""

from starlette.responses import Response

from clawband.edges.console.visit import Visit
from clawband.model.notice import Topic

PLACE = "/me#notices"


async def ask(visit: Visit) -> Response:
    await visit.service.mailboxes.ask(visit.fields.get("address", ""), visit.me)
    return visit.done(PLACE, "A link is on its way to that address. Follow it, signed in as you.")


async def show(visit: Visit) -> Response:
    """A page with a button: programs that look into links before people do confirm nothing."""
    proof = visit.service.mailboxes.own(visit.me).proof
    return await visit.show("mail.html", token=visit.part("token"), proof=proof)


async def confirm(visit: Visit) -> Response:
    box = await visit.service.mailboxes.confirm(visit.fields.get("token", ""), visit.me)
    return visit.done(PLACE, f"Your notices go to `{box.address}` from now on.")


async def choose(visit: Visit) -> Response:
    topics = [topic for topic in Topic if visit.fields.get(f"topic-{topic}")]
    await visit.service.mailboxes.choose(topics, visit.me)
    return visit.done(PLACE, "Your choice is kept.")


async def forget(visit: Visit) -> Response:
    await visit.service.mailboxes.forget(visit.me)
    return visit.done(PLACE, "The address is forgotten. You get no mail any more.")
