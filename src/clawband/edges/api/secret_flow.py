"""Where every credential of the deployment lies, over the operators' API. No path tells one."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request

from clawband.edges.api.routing import Table
from clawband.flows.secret_flow import UNSAFE, Course, Strand
from clawband.model.person import SignedIn
from clawband.service.service import Service


async def _flow(service: Service, _request: Request, signed: SignedIn) -> Any:
    courses = await service.secret_flow.courses(signed)
    return {
        "gateways": [_course(each) for each in courses],
        "own": [_strand(each) for each in service.secret_flow.own(signed)],
    }


ROUTES: Table = (("/secret-flow", "GET", _flow),)


def _course(course: Course) -> dict[str, Any]:
    return {
        "gateway": course.gateway.name,
        "environment": course.gateway.environment,
        "governed": course.governed,
        "credentials": [_strand(each) for each in course.strands],
        "problems": list(course.problems),
    }


def _strand(strand: Strand) -> dict[str, Any]:
    told = asdict(strand) | {"reach": str(strand.reach), "to": list(strand.to)}
    return {**told, "unsafe": strand.reach in UNSAFE}
