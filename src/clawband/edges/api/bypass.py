"""Where `clawband contain` tells what tried to leave: `POST /gateway/v1/bypass`.

`{v, seen: [{kind, what, who, count}]}` with the gateway's credential. A gateway that was taken over
can add to the record here, and can take nothing from it.
"""

from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from clawband.edges.api import wire
from clawband.edges.api.problems import problem
from clawband.model.errors import Error
from clawband.service import bypasses
from clawband.service.service import Service


class Bypass(msgspec.Struct):
    """Attempts, each with how often."""

    v: Literal[1]
    seen: list[dict[str, Any]]


_bypass = msgspec.json.Decoder(Bypass)


def routes(service: Service) -> list[BaseRoute]:
    async def told(request: Request) -> Response:
        try:
            authorization = request.headers.get("authorization", "")
            gateway = service.gateways.authenticate(authorization)
            body = wire.read(await wire.body(request), _bypass)
            await bypasses.record(service.running, gateway, body.seen)
        except Error as error:
            return problem(error)
        return Response(b'{"ok":true}', media_type="application/json")

    return [Route("/gateway/v1/bypass", told, methods=["POST"])]
