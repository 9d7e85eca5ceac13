"""Access reviews: who still needs what, decided one by one, and nobody about themselves."""

from starlette.responses import Response

from clawband.edges.console import commands
from clawband.edges.console.visit import Visit
from clawband.flows import review
from clawband.flows.review import Shown
from clawband.identity.review import LIFE_DAYS, Item, Subject

PLACE = "/people/reviews"
MOST = 200
"""Shown at once; the command line shows all."""


async def listed(visit: Visit) -> Response:
    found = visit.service.reviews.listed(visit.me)
    return await visit.show(
        "reviews.html",
        current=[each for each in found if each.value.closed is None],
        closed=[each for each in found if each.value.closed],
        days=LIFE_DAYS,
        command=commands.line("review", "list"),
    )


async def show(visit: Visit) -> Response:
    kept, items = await visit.service.reviews.shown(visit.part("id"), visit.me)
    undecided = sorted((each for each in items if each.open), key=lambda each: _place(visit, each))
    decided = [each for each in items if not each.open]
    return await visit.show(
        "review.html",
        review=kept,
        undecided=undecided,
        decided=decided,
        most=MOST,
        counts=review.counts(items),
        idle=sum(each.item.unused(visit.now) for each in undecided),
        called=called,
        evidence=commands.line("review", "evidence", kept.id, "-o", "review.json"),
        command=commands.line("review", "show", kept.id),
    )


async def open_(visit: Visit) -> Response:
    opened = await visit.service.reviews.open(LIFE_DAYS, visit.me)
    return visit.done(f"{PLACE}/{opened.id}", f"{opened.value.items} to decide.")


async def decide(visit: Visit) -> Response:
    given = visit.fields
    done = await visit.service.reviews.decide(
        visit.part("id"), given.get("item", ""), given.get("verdict", ""), given.get("note", ""),
        visit.me,
    )  # fmt: skip
    said = "is kept" if done.verdict == "keep" else "is gone, from now on"
    return visit.done(f"{PLACE}/{visit.part('id')}", f"{called(done)} {said}.")


async def close(visit: Visit) -> Response:
    await visit.service.reviews.close(visit.part("id"), visit.me)
    return visit.done(f"{PLACE}/{visit.part('id')}", "The review is closed.")


def called(item: Item) -> str:
    """What it is, in words."""
    match item.kind:
        case Subject.PERSON:
            return f"The account of `{item.name}`"
        case Subject.ROLE:
            return f"The role {item.role} of `{item.name}`"
        case Subject.ACCOUNT:
            return f"The service account `{item.name}`"
    return f"The key `{item.name}`"


def _place(visit: Visit, each: Shown) -> tuple[bool, bool, str, str]:
    """What nobody uses comes first, then person by person; one's own are for others."""
    item = each.item
    return item.of == visit.me.name, not item.unused(visit.now), item.of, item.id
