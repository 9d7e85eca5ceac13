"""Where a gateway has its secrets from: `POST /gateway/v1/secrets`, asked by our exec provider.

Question and answer are those of OpenClaw's exec providers, protocol 1. A name that is unknown and
one that is not for this gateway are told alike; the record says which it was.
"""

from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from clawband.edges.api import wire
from clawband.edges.api.problems import problem
from clawband.model.errors import Error
from clawband.service.lending import Asked
from clawband.service.service import Service


class Question(msgspec.Struct):
    """`provider` is what the configuration calls us."""

    protocolVersion: Literal[1]  # noqa: N815 - OpenClaw's name
    ids: list[str]
    provider: str = ""


_question = msgspec.json.Decoder(Question)


def routes(service: Service) -> list[BaseRoute]:
    async def secrets(request: Request) -> Response:
        try:
            gateway = service.gateways.authenticate(request.headers.get("authorization", ""))
            asked: Question = wire.read(await wire.body(request), _question)
            answers = await service.lending.resolve(gateway, asked.ids)
        except Error as error:
            return problem(error)
        values = {name: each.value for name, each in answers.items() if each.value}
        errors = {name: _failed(each) for name, each in answers.items() if not each.value}
        return wire.told({"protocolVersion": 1, "values": values, "errors": errors})

    return [Route("/gateway/v1/secrets", secrets, methods=["POST"])]


def _failed(each: Asked) -> dict[str, Any]:
    return {"code": "UNAVAILABLE" if each.found else "NOT_FOUND"}
