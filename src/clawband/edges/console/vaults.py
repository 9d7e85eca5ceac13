"""Vaults: where values are, whether each can be asked, and which key wraps our own."""

from collections.abc import Sequence

from starlette.responses import Response

from clawband.edges.console import commands
from clawband.edges.console.visit import Visit
from clawband.flows.authority import may, places
from clawband.identity.roles import Act
from clawband.service.vaults import Checked

PLACE = "/secrets/vaults"


async def show(visit: Visit) -> Response:
    return await _page(visit, None)


async def check(visit: Visit) -> Response:
    """What was found is on the very answer: a page that is asked for anew reads no value."""
    return await _page(visit, await visit.service.vaults.check(visit.me))


async def rewrap(visit: Visit) -> Response:
    done = await visit.service.vaults.rewrap(visit.me)
    damaged = f" {done.damaged} could not be read: check them." if done.damaged else ""
    return visit.done(PLACE, f"{done.changed} versions are wrapped by the key of now.{damaged}")


async def _page(visit: Visit, checked: Sequence[Checked] | None) -> Response:
    return await visit.show(
        "vaults.html",
        vaults=await visit.service.vaults.listed(visit.me),
        master=await visit.service.vaults.master(visit.me),
        checked=checked,
        odd=[each for each in checked or () if each.problem],
        checks=bool(places(visit.me, Act.KEEP_SECRETS)),
        rewraps=may(visit.me, Act.KEEP_SECRETS),
        path=PLACE,
        here=PLACE,
        command=commands.line("vault", "status"),
    )
