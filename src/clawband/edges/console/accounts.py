"""Service accounts: who answers for each, what its keys may do, and which of them to look at."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from clawband.edges.console import commands
from clawband.edges.console.visit import Visit
from clawband.flows.accounts import Fresh, Held, Listed, grantable
from clawband.identity import keys
from clawband.identity.roles import Act
from clawband.model.environments import ENVIRONMENTS
from clawband.model.errors import InputError

PLACE = "/people/accounts"
DAYS = (7, 30, 90, 180)
HOURS = (0, 1, 24)
"""To choose from; the command line takes any."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A key with what should be looked at."""

    held: Held
    alive: bool
    doubts: tuple[str, ...]


async def show(visit: Visit) -> Response:
    found = visit.service.accounts.listed(visit.me)
    held = {each.account.name: _shown(visit, each) for each in found}
    doubtful = sum(bool(each.doubts) for shown in held.values() for each in shown)
    return await visit.show(
        "accounts.html",
        accounts=found,
        held=held,
        doubtful=doubtful,
        orphans=sum(not each.owned for each in found),
        people=[each.name for each in visit.service.operators.list()],
        acts=grantable(),
        environments=ENVIRONMENTS,
        days=DAYS,
        usual=keys.LIFE_DAYS,
        hours=HOURS,
        lent=visit.service.workloads.lent(visit.me),
        command=commands.line("key", "list"),
    )


async def add(visit: Visit) -> Response:
    given = visit.fields
    added = await visit.service.accounts.add(
        given.get("name", ""), given.get("owner", ""), given.get("purpose", ""), visit.me
    )
    return visit.done(PLACE, f"`{added.name}` can do nothing until it has a key.")


async def give(visit: Visit) -> Response:
    owner = visit.fields.get("owner", "")
    given = await visit.service.accounts.give(visit.part("name"), owner, visit.me)
    return visit.done(PLACE, f"`{given.owner}` answers for `{given.name}` now.")


async def remove(visit: Visit) -> Response:
    await visit.service.accounts.remove(visit.part("name"), visit.me)
    return visit.done(PLACE, f"`{visit.part('name')}` and its keys are gone.")


async def add_key(visit: Visit) -> Response:
    acts = [each for each in Act if visit.fields.get(f"may-{each}")]
    days, where = _number(visit, "days", DAYS), visit.fields.get("environment", "")
    made = await visit.service.accounts.add_key(visit.part("name"), acts, days, visit.me, where)
    return await _told(visit, made)


async def rotate(visit: Visit) -> Response:
    hours = _number(visit, "hours", HOURS)
    return await _told(
        visit, await visit.service.accounts.rotate(visit.part("id"), hours, visit.me)
    )


async def revoke(visit: Visit) -> Response:
    await visit.service.accounts.revoke(visit.part("id"), visit.me)
    return visit.done(PLACE, "The key opens nothing any more.")


async def end(visit: Visit) -> Response:
    await visit.service.workloads.revoke(visit.part("id"), visit.me)
    return visit.done(PLACE, "The credential opens nothing any more.")


async def _told(visit: Visit, fresh: Fresh) -> Response:
    """The key on the very answer, so that it is kept nowhere until it is looked at."""
    return await visit.show("key.html", fresh=fresh, path=PLACE, here=PLACE)


def _shown(visit: Visit, listed: Listed) -> Sequence[Shown]:
    doubts = visit.service.accounts.doubts
    return [Shown(each, each.key.alive(visit.now), doubts(each)) for each in listed.keys]


def _number(visit: Visit, name: str, out_of: Sequence[int]) -> int:
    given = visit.fields.get(name, "")
    if given not in map(str, out_of):
        raise InputError(
            f"expected {', '.join(map(str, out_of))} {name}, got `{given[:20]}`",
            remedy="choose one; the command line takes any",
        )
    return int(given)
