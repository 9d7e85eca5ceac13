"""Budgets over the operators' API: what is used, and what is left."""

from typing import Any

from starlette.requests import Request

from clawband.edges.api.routing import Table
from clawband.model.budget import Standing
from clawband.model.person import SignedIn
from clawband.service.service import Service


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {"budgets": [standing(each) for each in service.budgets.seen(signed)]}


ROUTES: Table = (("/budgets", "GET", _listed),)


def standing(each: Standing) -> dict[str, Any]:
    """Money is in minor units; `says` has it as people write it."""
    budget = each.budget
    return {
        "workflow": each.workflow,
        "name": budget.name,
        "per": budget.per,
        "key": each.key,
        "every": budget.every,
        "unit": budget.unit,
        "tools": list(budget.tools),
        "over": budget.over,
        "most": budget.most,
        "used": each.used,
        "left": each.left,
        "share": each.share,
        "says": f"{budget.amount(each.left)} of {budget.told} left",
    }
