"""One's own notices by mail, over the operators' API."""

from typing import Any

from starlette.requests import Request

from clawband.edges.api import asked
from clawband.edges.api.routing import Table
from clawband.model.notice import ABOUT, Mailbox
from clawband.model.person import SignedIn
from clawband.service.service import Service


async def _shown(service: Service, _request: Request, signed: SignedIn) -> Any:
    return _notices(service, service.mailboxes.own(signed))


async def _ask(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "address")
    return _notices(service, await service.mailboxes.ask(body["address"], signed))


async def _confirm(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "token")
    return _notices(service, await service.mailboxes.confirm(body["token"], signed))


async def _choose(service: Service, request: Request, signed: SignedIn) -> Any:
    topics = asked.texts(await asked.fields(request), "topics", needed=True)
    return _notices(service, await service.mailboxes.choose(topics, signed))


async def _forget(service: Service, _request: Request, signed: SignedIn) -> Any:
    await service.mailboxes.forget(signed)
    return {"ok": True}


ROUTES: Table = (
    ("/notices", "GET", _shown),
    ("/notices/address", "POST", _ask),
    ("/notices/address", "DELETE", _forget),
    ("/notices/address/confirm", "POST", _confirm),
    ("/notices/topics", "POST", _choose),
)


def _notices(service: Service, box: Mailbox) -> dict[str, Any]:
    return {
        "sent": service.mailboxes.on,
        "address": box.address,
        "unconfirmed": box.proof.address if box.proof else "",
        "topics": [
            {"topic": str(topic), "wanted": topic in box.topics, "about": about}
            for topic, about in ABOUT.items()
        ],
    }
