"""Certificates over the operators' API. No key is ever told, nor taken."""

from typing import Any

from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import asked
from clawband.edges.api.routing import Table
from clawband.flows import certificates as flow
from clawband.model.certificate import Certificate
from clawband.model.person import SignedIn
from clawband.service.certificates import Listed
from clawband.service.service import Service


async def _listed(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {"certificates": [listed(each) for each in service.certificates.listed(signed)]}


async def _trust(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {"trust": await service.certificates.trust(signed)}


async def _give(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.fields(request)
    days = asked.count(body, "days", flow.GATEWAY_DAYS)
    gateway, wanted = asked.text(body, "gateway"), asked.text(body, "request")
    chain = await service.certificates.give(gateway, wanted, days, signed)
    return {"chain": chain, "trust": await service.certificates.trust(signed)}


async def _renew(service: Service, request: Request, signed: SignedIn) -> Any:
    made = await service.certificates.renew(request.path_params["name"], signed)
    return {"certificate": certificate(made)}


async def _revoke(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await asked.given(request, "because")
    await service.certificates.revoke(request.path_params["id"], body["because"], signed)
    return {"ok": True}


ROUTES: Table = (
    ("/certificates", "GET", _listed),
    ("/certificates", "POST", _give),
    ("/certificates/trust", "GET", _trust),
    ("/certificates/{name}/renew", "POST", _renew),
    ("/certificates/{id}/revoke", "POST", _revoke),
)


def listed(each: Listed) -> dict[str, Any]:
    renewal = {"renewal": stamp(each.renewal)} if each.renewal else {}
    return certificate(each.certificate) | renewal | {"problem": each.problem}


def certificate(each: Certificate) -> dict[str, Any]:
    revoked = {"revoked": stamp(each.revoked), "why": each.why} if each.revoked else {}
    return {
        "name": each.name,
        "use": each.use,
        "issuer": each.issuer,
        "serial": each.facts.serial,
        "names": list(each.facts.names),
        "made": stamp(each.facts.made),
        "until": stamp(each.facts.until),
        "by": each.by,
    } | revoked
