"""Secrets: which keys are old, unused, exposed? Never a value."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from starlette.responses import Response

from clawband.edges.console import alarms, calendar, commands, exposure, pages
from clawband.edges.console.troubles import count
from clawband.edges.console.visit import Visit
from clawband.flows.authority import may, places
from clawband.identity.roles import Act
from clawband.model.environments import ENVIRONMENTS
from clawband.model.rotation import Planned, Stand
from clawband.model.secret import OWN, Secret

PLACE = "/secrets"
MOST, FINDINGS = 50, 8
"""Shown at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A secret in the list."""

    secret: Secret
    href: str
    given: tuple[str, ...]
    """Where its value goes: gateways and hosts."""
    since: datetime | None
    """Of its current value."""
    planned: Planned


async def show(visit: Visit) -> Response:
    listed = visit.service.secrets.listed(visit.me)
    part = pages.part(visit, listed, MOST)
    dates = visit.service.rotations.calendar(visit.me)
    planned = {each.secret: each for each in dates}
    troubles = [*await alarms.troubles(visit), *await exposure.troubles(visit)]
    return await visit.show(
        "secrets.html",
        sentence=_sentence(listed, dates),
        troubles=troubles,
        stale=(await visit.service.stale.found(visit.me))[:FINDINGS],
        address=address,
        stale_line=commands.line("secret", "stale"),
        part=part,
        lines=[_line(each, planned[each.name]) for each in part.shown],
        lying=calendar.lying(dates, visit.now),
        standing=calendar.standing(dates, visit.now),
        dated=sum(each.due is not None for each in dates),
        most=calendar.MOST,
        tones=calendar.TONES,
        environments=[each for each in ENVIRONMENTS if may(visit.me, Act.KEEP_SECRETS, each)],
        keeps=bool(places(visit.me, Act.KEEP_SECRETS)),
        vaults=sorted(visit.service.running.vaults),
        gateways=[each.name for each in visit.sees.gateways()],
        command=commands.line("secret", "list"),
    )


async def add(visit: Visit) -> Response:
    given = visit.fields
    asked = Secret(
        name=given.get("name", "").strip(),
        environment=given.get("environment", ""),
        kind=given.get("kind", ""),
        owner=given.get("owner", "").strip() or visit.me.name,
        purpose=given.get("purpose", ""),
        vault=given.get("vault", OWN),
        place=given.get("place", "").strip(),
        gateways=tuple(each for each in (given.get("gateway", ""),) if each),
        added=visit.now,
    )
    added = await visit.service.secrets.add(asked, visit.me)
    said = "It has no value yet." if added.vault == OWN else f"Its value is in `{added.vault}`."
    return visit.done(address(added.name), f"`{added.name}` is kept. {said}")


def address(name: str) -> str:
    """The page of one secret; a name may hold slashes."""
    return f"{PLACE}/of/{quote(name)}"


def _line(secret: Secret, planned: Planned) -> Line:
    hosts = sorted({host for each in secret.targets for host in each.hosts})
    current = secret.current
    return Line(
        secret=secret,
        href=address(secret.name),
        given=(*secret.gateways, *hosts),
        since=current.made if current else None,
        planned=planned,
    )


def _sentence(listed: Sequence[Secret], dates: Sequence[Planned]) -> str:
    if not listed:
        return "No secret is kept yet."
    late = sum(each.stand is Stand.OVERDUE for each in dates)
    empty = sum(each.current is None for each in listed)
    undated = sum(each.stand is Stand.NEVER for each in dates)
    parts = [f"{late} overdue" if late else "", f"{empty} without a value" if empty else "",
             f"{undated} without a date" if undated else ""]  # fmt: skip
    kept = f"{count(len(listed), 'secret')} {'is' if len(listed) == 1 else 'are'} kept"
    return f"{', '.join([kept, *filter(None, parts)])}."
