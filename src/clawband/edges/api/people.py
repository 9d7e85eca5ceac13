"""Who can do what, over the operators' API."""

from typing import Any

import msgspec
from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import asked, wire
from clawband.edges.api.routing import Table
from clawband.flows.findings import DAYS
from clawband.flows.may_call import Answer, Asked
from clawband.identity.findings import Finding
from clawband.identity.reach import Agent, Power
from clawband.model.errors import InputError
from clawband.model.person import SignedIn
from clawband.service.access import MOST_DAYS
from clawband.service.service import Service

LONGEST = 16_384
_object = msgspec.json.Decoder(dict[str, Any])


async def _who_can(service: Service, request: Request, signed: SignedIn) -> Any:
    """With `critical=1` only what is."""
    critical = bool(request.query_params.get("critical"))
    found = await service.access.who_can(signed, critical=critical)
    bound = service.access.agents(signed)
    return {"powers": [power(each) for each in found], "agents": [agent(each) for each in bound]}


async def _may(service: Service, request: Request, signed: SignedIn) -> Any:
    said = request.query_params
    for name in ("who", "action"):
        if not said.get(name):
            raise InputError(f"expected `{name}` in the query, got none", remedy="send it")
    given = said.get("arguments", "")
    if len(given) > LONGEST:
        raise InputError(f"expected at most {LONGEST} bytes of arguments, got {len(given)}")
    question = Asked(
        who=said["who"], action=said["action"], resource=said.get("resource", ""),
        arguments=wire.read(given.encode(), _object) if given else None,
    )  # fmt: skip
    return answer(await service.access.may(question, signed))


async def _findings(service: Service, request: Request, signed: SignedIn) -> Any:
    days = asked.number(request, "days", 1, MOST_DAYS)
    found = await service.access.findings(signed, DAYS if days is None else days)
    return {"findings": [finding(each) for each in found]}


ROUTES: Table = (
    ("/access", "GET", _who_can),
    ("/access/may", "GET", _may),
    ("/access/findings", "GET", _findings),
)


def agent(each: Agent) -> dict[str, Any]:
    return {
        "who": each.who,
        "workflow": each.workflow,
        "owner": each.owner,
        "purpose": each.purpose,
        "environment": each.where,
        "channels": list(each.channels),
    }


def power(each: Power) -> dict[str, Any]:
    return {
        "kind": str(each.kind),
        "who": each.who,
        "can": each.can,
        "what": each.what,
        "says": each.says,
        "terms": each.terms,
        "broad": each.broad,
        "environment": each.where,
        "owner": each.owner,
        "by": each.by,
        "critical": each.critical,
        "recorded": each.recorded,
        "last": stamp(each.last) if each.last else "",
    }


def finding(each: Finding) -> dict[str, Any]:
    return {
        "kind": str(each.kind),
        "who": each.who,
        "says": each.says,
        "remedy": each.remedy,
        "file": each.file,
        "proposal": each.proposal,
    }


def answer(told: Answer) -> dict[str, Any]:
    return {
        "verdict": told.verdict,
        "reasons": [{"policy": each.policy, "because": each.because} for each in told.reasons],
        "terms": list(told.terms),
        "remedy": told.remedy,
        "assumed": list(told.assumed),
        "limits": list(told.limits),
    }
