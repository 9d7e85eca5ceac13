"""Every path of the operators' API."""

from starlette.routing import BaseRoute

from clawband.edges.api import (
    accounts,
    approvals,
    budgets,
    catalogue,
    certificates,
    chats,
    device,
    doors,
    elevations,
    enforcement,
    federation,
    glass,
    honeytokens,
    leaks,
    lineage,
    models,
    notices,
    openapi,
    operators,
    people,
    places,
    policy_work,
    proposals,
    reviews,
    rotations,
    routing,
    secret_flow,
    secrets,
    sign_ins,
    stale,
    token,
    vaults,
)
from clawband.service.service import Service

TABLES: tuple[routing.Table, ...] = (
    sign_ins.ROUTES, lineage.ROUTES, catalogue.ROUTES, enforcement.ROUTES, places.ROUTES,
    policy_work.ROUTES, models.ROUTES, accounts.ROUTES, reviews.ROUTES, people.ROUTES,
    budgets.ROUTES, secret_flow.ROUTES, vaults.ROUTES,
    approvals.ROUTES, elevations.ROUTES, glass.ROUTES, proposals.ROUTES, federation.ROUTES,
    certificates.ROUTES, chats.ROUTES, notices.ROUTES, honeytokens.ROUTES, leaks.ROUTES,
    stale.ROUTES, secrets.ROUTES, doors.ROUTES, rotations.ROUTES,
)  # fmt: skip


def routes(service: Service) -> list[BaseRoute]:
    """All of them; below `/api/v1` nothing else is served."""
    return [
        *operators.routes(service),
        *sign_ins.doors(service),
        *device.routes(service),
        *token.routes(service),
        *(each for table in TABLES for each in routing.routes(service, table)),
        *openapi.routes(),
    ]
