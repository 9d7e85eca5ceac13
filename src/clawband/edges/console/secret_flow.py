"""The flow of secrets: which keys can agents get at, and which never reach one?"""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from clawband.edges.console import bands, commands
from clawband.edges.console.bands import Drawing
from clawband.edges.console.troubles import count
from clawband.edges.console.visit import Visit
from clawband.flows.secret_flow import Course, Reach, Strand


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """One side of a picture, drawn for both kinds of screens."""

    strands: tuple[Strand, ...]
    lying: Drawing
    standing: Drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A gateway with both sides."""

    course: Course
    unsafe: Half
    safe: Half
    mends: Sequence[str]
    """Commands, each with how many it mends."""


async def show(visit: Visit) -> Response:
    courses = await visit.service.secret_flow.courses(visit.me)
    own = visit.service.secret_flow.own(visit.me)
    return await visit.show(
        "flow.html",
        sentence=sentence(courses),
        shown=[_shown(each) for each in courses],
        own=_half(own),
        said=bands.SAID,
        command=commands.line("secret", "flow"),
    )


def sentence(courses: Sequence[Course]) -> str:
    """What stands out, in one breath."""
    strands = [strand for each in courses for strand in each.strands]
    if not courses:
        return "No gateway is under guard yet, so there is nothing to draw."
    unsafe = sum(len(each.unsafe) for each in courses)
    read = sum(each.reach is Reach.OPEN for each in strands)
    never = sum(each.reach is Reach.LENT for each in strands)
    far = f"; {never} never {'reaches' if never == 1 else 'reach'} one" if never else ""
    if read:
        where = "lies where agents can read it" if read == 1 else "lie where agents can read them"
        return f"{count(read, 'key')} {where}{far}."
    if unsafe:
        lies = "lies" if unsafe == 1 else "lie"
        return f"{count(unsafe, 'key')} {lies} in clear, kept from agents by their guard only{far}."
    return f"No key lies where an agent could get at it{far}."


def _shown(course: Course) -> Shown:
    return Shown(
        course=course,
        unsafe=_half(course.unsafe),
        safe=_half(course.safe),
        mends=list(dict.fromkeys(each.mend for each in course.unsafe if each.mend)),
    )


def _half(strands: Sequence[Strand]) -> Half:
    found = bands.bands(strands)
    return Half(strands=tuple(strands), lying=bands.lying(found), standing=bands.standing(found))
