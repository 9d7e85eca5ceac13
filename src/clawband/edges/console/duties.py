"""What waits for this person besides approvals: roles to lend, changes to agree to, reviews."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from clawband.edges.console import elevations, glass, proposals, reviews
from clawband.edges.console.visit import Visit
from clawband.flows.authority import may, places
from clawband.identity import elevation
from clawband.identity import glass as broken
from clawband.identity.roles import Act
from clawband.identity.second import names


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that this person may decide; `says` is a sentence without its full stop."""

    says: str
    href: str
    until: datetime
    ends: str = "lapses"


def duties(visit: Visit) -> list[Duty]:
    """What lapses first comes first. Who may not decide is not asked; the services ask again."""
    if not places(visit.me, Act.LOOK):
        return []
    found = [*_lent(visit), *_changes(visit), *_glass(visit), *_reviews(visit)]
    return sorted(found, key=lambda each: each.until)


def _lent(visit: Visit) -> Iterator[Duty]:
    for each in visit.service.elevations.listed(visit.me):
        asked = each.stage is elevation.Stage.ASKED and each.open(visit.now)
        if asked and elevations.decidable(visit, each):
            says = f"`{each.name}` asks to be {each.role} for {each.minutes} minutes"
            yield Duty(says, elevations.PLACE, each.until)


def _changes(visit: Visit) -> Iterator[Duty]:
    for each in visit.service.proposals.listed(visit.me) if may(visit.me, Act.AGREE) else ():
        if each.open(visit.now) and proposals.agrees(visit, each):
            href = f"{proposals.PLACE}/{quote(each.id, safe='')}"
            yield Duty(f"`{each.by}` wants to {proposals.says(each)}", href, each.until)


def _glass(visit: Visit) -> Iterator[Duty]:
    mine = names(visit.me.operator)
    for each in visit.service.glass.listed(visit.me):
        half = each.stage is broken.Stage.HALF and visit.now < each.until
        if half and not each.names & mine:
            says = f"`{each.name}` breaks the glass and needs a second envelope"
            yield Duty(says, glass.PLACE, each.until)


def _reviews(visit: Visit) -> Iterator[Duty]:
    if may(visit.me, Act.REVIEW):
        for kept in visit.service.reviews.listed(visit.me):
            if kept.value.closed is None:
                href = f"{reviews.PLACE}/{quote(kept.id, safe='')}"
                yield Duty("Access is being reviewed", href, kept.value.due, "due")
