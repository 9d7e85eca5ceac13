"""Rotations: one exchange of a value for another, step by step, to the proof that the old one is
dead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from clawband.edges.console import commands, secrets, words
from clawband.edges.console.visit import Visit
from clawband.flows.authority import may
from clawband.identity.roles import Act
from clawband.model import rotation as rotations
from clawband.model.event import Tag
from clawband.model.rotation import Rotation, Step
from clawband.ports.store import Query

PLACE = "/secrets/rotations"
MOST = 50
SAYS = {
    Step.CREATE: "make a new value, and keep it as pending",
    Step.PLACE: "have the issuer accept it",
    Step.PROVE: "see it work",
    Step.SWITCH: "make it the current one",
    Step.TELL: "see every gateway go on with the current one",
    Step.OVERLAP: "leave the other value alive for a while",
    Step.REVOKE: "end the other value where it was issued",
    Step.BURY: "see the other value refused there",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A step: done, the present one, or to come."""

    step: Step
    says: str
    began: datetime | None = None
    ended: datetime | None = None
    words: str = ""


async def listed(visit: Visit) -> Response:
    found = visit.service.rotations.listed(visit.me)
    return await visit.show(
        "rotations.html",
        open=[each for each in found if each.value.ended is None],
        ended=[each for each in found if each.value.ended][:MOST],
        headline=headline,
        address=secrets.address,
        command=commands.line("rotation", "list"),
    )


async def show(visit: Visit) -> Response:
    kept = visit.service.rotations.get(visit.part("id"), visit.me)
    rotation = kept.value
    about = f"Secret::{rotation.secret}"
    query = Query(text=about, tags=frozenset({Tag.SECRET_END}), since=rotation.begun, limit=20)
    proofs = [each for each in await visit.sees.find(query) if each.event.resource == about]
    return await visit.show(
        "rotation.html",
        kept=kept,
        rotation=rotation,
        headline=headline(rotation),
        lines=lines(rotation),
        href=secrets.address(rotation.secret),
        rotates=may(visit.me, Act.ROTATE, rotation.environment),
        proofs=words.rows(proofs),
        command=commands.line("rotation", "show", kept.id),
    )


async def begin(visit: Visit) -> Response:
    kept = await visit.service.rotations.begin(
        visit.part("name"), visit.me, rehearse=visit.fields.get("how") == "rehearse"
    )
    return visit.done(f"{PLACE}/{kept.id}", "It goes on by itself; this page shows how far it is.")


async def resume(visit: Visit) -> Response:
    kept = await visit.service.rotations.resume(visit.part("id"), visit.me)
    return visit.done(f"{PLACE}/{kept.id}", "The present step is tried again.")


async def roll_back(visit: Visit) -> Response:
    because = visit.fields.get("because", "")
    kept = await visit.service.rotations.roll_back(visit.part("id"), visit.me, because)
    return visit.done(f"{PLACE}/{kept.id}", "It goes back: the old value stays, the new one goes.")


def headline(rotation: Rotation) -> str:
    """Where it stands, in a few words."""
    what = "The rehearsal" if rotation.rehearsal else "The rotation"
    if rotation.ended:
        return f"{what} of `{rotation.secret}` is over"
    done = len(rotation.took)
    where = "goes back" if rotation.back else "is under way"
    return f"{what} of `{rotation.secret}` {where}, step {done + 1} of {done + len(rotation.left)}"


def lines(rotation: Rotation) -> Sequence[Line]:
    """All steps in order."""
    took = [
        Line(step=each.step, says=SAYS[each.step], began=each.began, ended=each.ended,
             words=each.words)
        for each in rotation.took
    ]  # fmt: skip
    left = [
        Line(step=each, says=SAYS[each], began=rotation.at if not number else None)
        for number, each in enumerate(rotation.left)
    ]
    return [*took, *left] or [
        Line(step=each, says=SAYS[each])
        for each in rotations.forth(rotation.shape, rehearsal=rotation.rehearsal)
    ]
