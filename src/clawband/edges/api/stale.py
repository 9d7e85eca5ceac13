"""Secrets that are unused, old, shared or nobody's, over the operators' API."""

from typing import Any

from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import asked
from clawband.edges.api.routing import Table
from clawband.model.person import SignedIn
from clawband.service.service import Service
from clawband.service.stale import DAYS, MOST_DAYS


async def _found(service: Service, request: Request, signed: SignedIn) -> Any:
    days = asked.number(request, "days", 1, MOST_DAYS)
    found = await service.stale.found(signed, days or DAYS)
    return {
        "findings": [
            {
                "secret": each.secret,
                "environment": each.environment,
                "why": str(each.why),
                "says": each.says,
                "remedy": each.remedy,
                "last": stamp(each.last) if each.last else None,
            }
            for each in found
        ]
    }


ROUTES: Table = (("/secret-findings", "GET", _found),)
