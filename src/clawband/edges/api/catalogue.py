"""The tools over the operators' API: what is declared, and what was called."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request

from clawband.edges.api import asked
from clawband.edges.api.routing import Table
from clawband.model.deployment import Tool
from clawband.model.label import Confidentiality
from clawband.model.person import SignedIn
from clawband.service.service import Service


async def _known(service: Service, _request: Request, signed: SignedIn) -> Any:
    seen = {"", *(each.name for each in service.seen(signed).workflows())}
    found = service.catalogue.known()
    return {"tools": [_tool(workflow, tool) for workflow, tool in found if workflow in seen]}


async def _observed(service: Service, request: Request, signed: SignedIn) -> Any:
    said = request.query_params
    since = asked.since(said)
    found = await service.catalogue.observed(said.get("agent", ""), since, signed)
    return {"observed": [asdict(each) for each in found]}


ROUTES: Table = (
    ("/tools", "GET", _known),
    ("/tools/observed", "GET", _observed),
)


def _tool(workflow: str, tool: Tool) -> dict[str, Any]:
    said = asdict(tool)
    for level in ("confidentiality", "clearance"):
        said[level] = Confidentiality(said[level]).name.lower()
    return {**said, "effect": tool.effect.removeprefix("tool:"), "workflow": workflow}
