"""The tools over the operators' API: what is declared, and what was called."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from starlette.requests import Request

from clawband.edges.api.routing import Table
from clawband.model.deployment import Tool
from clawband.model.errors import InputError
from clawband.model.label import Confidentiality
from clawband.model.person import SignedIn
from clawband.service.service import Service


async def _known(service: Service, _request: Request, _signed: SignedIn) -> Any:
    return {"tools": [_tool(workflow, tool) for workflow, tool in service.catalogue.known()]}


async def _observed(service: Service, request: Request, signed: SignedIn) -> Any:
    asked = request.query_params
    since = instant(asked.get("since", ""))
    found = await service.catalogue.observed(asked.get("agent", ""), since, signed)
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


def instant(text: str) -> datetime | None:
    """An instant of a query; None for none. Raises `InputError`."""
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        at = None
    if text and (at is None or at.tzinfo is None):
        raise InputError(
            f"expected `since` to be an instant with its offset, got `{text[:40]}`",
            remedy="send one such as 2026-11-22T00:00:00+00:00",
        )
    return at
