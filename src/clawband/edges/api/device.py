"""`POST /api/v1/device`: a terminal asks to be let in from a browser (RFC 8628 §3.1, §3.2).

Like `/token`, where it then asks for its answer, it takes a form and tells errors both ways.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from clawband.edges.api import wire
from clawband.edges.api.token import NO_STORE, fields, refused
from clawband.identity.session import Seen
from clawband.identity.terminal import INTERVAL, LIFE
from clawband.model.errors import Error
from clawband.service.service import Service


def routes(service: Service) -> list[BaseRoute]:
    """For who is not signed in yet."""

    async def begin(request: Request) -> Response:
        try:
            form = await fields(request)
            address = request.client.host if request.client else ""
            agent = request.headers.get("user-agent", "")
            begun = service.terminals.begin(
                form.get("name", ""), Seen(address=address, agent=agent, terminal=True)
            )
        except Error as error:
            return refused(error)
        told = {
            "device_code": begun.device,
            "user_code": begun.code,
            "verification_uri": begun.address,
            "expires_in": int(LIFE.total_seconds()),
            "interval": int(INTERVAL.total_seconds()),
        }
        return Response(wire.encode(told), 200, NO_STORE, "application/json")

    return [Route("/api/v1/device", begin, methods=["POST"])]
