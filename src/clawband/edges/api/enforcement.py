"""Enforcement over the operators' API: the truth, and proof on demand."""

from typing import Any

from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import asked, views
from clawband.edges.api.routing import Table
from clawband.enforcement.canary import Standing, State
from clawband.flows.authority import require
from clawband.identity.roles import Act
from clawband.model.person import SignedIn
from clawband.service.reconciler import Looked
from clawband.service.service import Service
from clawband.service.truth import Guarded, Truth, Used


async def _shown(service: Service, _request: Request, signed: SignedIn) -> Any:
    return truth(await service.truths.now(signed))


async def _prove(service: Service, request: Request, signed: SignedIn) -> Any:
    """Fly canaries now; with `gateway` on that one only. It may take half a minute."""
    body = await asked.given(request, "gateway", optional=True)
    gateway = body.get("gateway", "")
    require(signed, Act.STOP, service.seen(signed).where(gateway))
    await service.enforcement.prove(gateway)
    return truth(await service.truths.now(signed))


async def _reconcile(service: Service, _request: Request, signed: SignedIn) -> Any:
    """Compare the witnesses now."""
    require(signed, Act.STOP)
    found = await service.reconciler.run()
    return {"new": found, **truth(await service.truths.now(signed))}


def truth(told: Truth) -> dict[str, Any]:
    states = [each.state for one in told.gateways for each in one.agents.values()]
    return {
        "at": stamp(told.at),
        "sentence": told.sentence,
        "governed": bool(states) and all(each is State.GOVERNED for each in states),
        "ungoverned": states.count(State.UNGOVERNED),
        "canary_seconds": int(told.every.total_seconds()),
        "gateways": [_gateway(each) for each in told.gateways],
        "findings": [views.leaf(each) for each in told.findings],
    }


def _gateway(each: Guarded) -> dict[str, Any]:
    return {
        "name": each.gateway.name,
        "environment": each.gateway.environment,
        "state": str(each.state),
        "alive": each.alive,
        "seen": stamp(each.presence.seen) if each.presence.seen else None,
        "versions": each.presence.versions,
        "control": each.control,
        "ungoverned": "cut" if each.cut else "alert",
        "agents": [agent(name, standing) for name, standing in each.agents.items()],
        "paths": [_path(used) for used in each.ways],
        "ledger": _ledger(each.looked),
    }


def agent(name: str, standing: Standing) -> dict[str, Any]:
    return {
        "agent": name,
        "state": str(standing.state),
        "since": stamp(standing.since),
        "why": standing.why,
        "proved": stamp(standing.proved) if standing.proved else None,
        "tried": stamp(standing.tried) if standing.tried else None,
    }


def _path(used: Used) -> dict[str, Any]:
    return {
        "path": used.way.name,
        "held_by": used.way.holds,
        "proof": used.way.proof,
        "asked": stamp(used.asked) if used.asked else None,
        "detail": used.detail,
    }


def _ledger(looked: Looked | None) -> dict[str, Any] | None:
    if looked is None:
        return None
    return {
        "at": stamp(looked.at),
        "rows": looked.rows,
        "runs": looked.runs,
        "differences": looked.differences,
        "problem": looked.problem,
    }


ROUTES: Table = (
    ("/enforcement", "GET", _shown),
    ("/enforcement/prove", "POST", _prove),
    ("/enforcement/reconcile", "POST", _reconcile),
)
