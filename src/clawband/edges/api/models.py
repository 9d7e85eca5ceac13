"""The model gateway over the operators' API: what was asked, and what it cost."""

from datetime import UTC, datetime, time
from typing import Any

from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import asked
from clawband.edges.api.routing import Table
from clawband.model.person import SignedIn
from clawband.service.service import Service
from clawband.service.spending import Spent
from clawband.service.spending import spent as spent_since


async def _spent(service: Service, request: Request, signed: SignedIn) -> Any:
    """Since midnight (UTC), or since an instant."""
    midnight = datetime.combine(service.running.now().astimezone(UTC).date(), time(), UTC)
    since = asked.since(request.query_params) or midnight
    found = await spent_since(service.running, since)
    sees = service.seen(signed)
    mine = [spent(each) for each in found if sees.of(each.agent)]
    return {"since": stamp(since), "spent": mine}


ROUTES: Table = (("/models", "GET", _spent),)


def spent(each: Spent) -> dict[str, Any]:
    """`cost` is in millionths of a minor unit, null where no price is known."""
    return {
        "agent": each.agent,
        "model": each.model,
        "calls": each.calls,
        "refused": each.refused,
        "input": each.usage.input,
        "output": each.usage.output,
        "cached": each.usage.cached,
        "cost": each.cost,
    }
