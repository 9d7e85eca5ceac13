"""Letting a terminal in that shows a code (RFC 8628 §3.3)."""

from starlette.responses import Response

from clawband.edges.console.visit import Visit
from clawband.identity import terminal
from clawband.model.errors import NotFoundError


async def show(visit: Visit) -> Response:
    """Where it was asked from, once the code is typed."""
    code = visit.asked("code", 40)
    waiting = error = None
    try:
        waiting = await visit.service.terminals.asked(code, visit.me) if code else None
    except NotFoundError as wrong:
        error = wrong
    return await visit.show(
        "terminal.html",
        status=404 if error else 200,
        error=error,
        asked=waiting,
        code=terminal.shown(waiting.code) if waiting else code,
    )


async def approve(visit: Visit) -> Response:
    await visit.service.terminals.approve(visit.fields.get("code", ""), visit.me)
    return visit.done("/me", "The terminal is signed in. You can end that below.")


async def refuse(visit: Visit) -> Response:
    await visit.service.terminals.refuse(visit.fields.get("code", ""), visit.me)
    return visit.done("/me", "The terminal was not let in.")
