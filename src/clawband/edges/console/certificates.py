"""Certificates: what ends when, who renews it, and who opens a door with one."""

from starlette.responses import Response

from clawband.edges.console import commands
from clawband.edges.console.visit import Visit
from clawband.flows.authority import may
from clawband.identity.roles import Act
from clawband.model.certificate import Use

PLACE = "/secrets/certificates"
MEANS = {
    Use.SERVER: "shown by a door of ours",
    Use.GATEWAY: "shown to us by a gateway elsewhere",
    Use.ISSUER: "signs others",
    Use.UPSTREAM: "shown to us by a server that we connect to",
}


async def show(visit: Visit) -> Response:
    found = visit.service.certificates.listed(visit.me)
    due = visit.service.certificates.due(visit.me)
    return await visit.show(
        "certificates.html",
        found=found,
        due=[each.certificate for each in due],
        means=MEANS,
        renews=may(visit.me, Act.ROTATE),
        revokes=may(visit.me, Act.KEEP_SECRETS),
        command=commands.line("certificate", "list"),
    )


async def renew(visit: Visit) -> Response:
    made = await visit.service.certificates.renew(visit.part("name"), visit.me)
    return visit.done(PLACE, f"`{made.name}` shows a new certificate.")


async def revoke(visit: Visit) -> Response:
    why = visit.fields.get("why", "")
    await visit.service.certificates.revoke(visit.part("serial"), why, visit.me)
    return visit.done(PLACE, "That certificate opens nothing any more.")
