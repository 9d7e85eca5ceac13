"""What is not in order with secrets: rotations, certificates, values within reach of agents."""

from collections.abc import Iterator, Sequence

from clawband.edges.console.troubles import Trouble, count
from clawband.edges.console.visit import Visit
from clawband.edges.console.when import ago
from clawband.flows.authority import places
from clawband.flows.secret_flow import Course, Reach
from clawband.identity.roles import Act
from clawband.model.rotation import Planned, Stand
from clawband.service.certificates import Listed

MOST = 5
"""Cards of one sort; the others are counted."""


async def troubles(visit: Visit) -> Sequence[Trouble]:
    """The gravest first."""
    if not places(visit.me, Act.LOOK):
        return []
    calendar = visit.service.rotations.calendar(visit.me)
    stuck = [each for each in calendar if each.problem]
    late = [each for each in calendar if each.stand is Stand.OVERDUE and not each.problem]
    courses = await visit.service.secret_flow.courses(visit.me)
    return [
        *(_stuck(each) for each in stuck[:MOST]),
        *_few(late, visit),
        *(_ending(each, visit) for each in visit.service.certificates.due(visit.me)[:MOST]),
        *_readable(courses),
    ]


def _stuck(line: Planned) -> Trouble:
    return Trouble(
        title=f"The rotation of `{line.secret}` does not get on",
        detail=f"{line.problem[:1].upper()}{line.problem[1:]}. Nobody has a dead value.",
        remedy="mend what is said, or go back to the old value",
        href=f"/secrets/rotations/{line.running}",
        look="look at its steps",
    )


def _few(late: Sequence[Planned], visit: Visit) -> Iterator[Trouble]:
    for each in late[:MOST]:
        since = f"It was due {ago(each.due, visit.now)}. " if each.due else ""
        yield Trouble(
            title=f"`{each.secret}` is overdue for its rotation",
            detail=f"{since}`{each.owner}` answers for it.",
            remedy=f"rotate it with `clawband rotate {each.secret}`",
            href=f"/secrets/of/{each.secret}",
        )
    if len(late) > MOST:
        yield Trouble(
            title=f"{count(len(late) - MOST, 'secret')} more are overdue",
            detail="The calendar has all of them.",
            remedy="rotate them, what is due first at the top",
            href="/secrets",
        )


def _ending(listed: Listed, visit: Visit) -> Trouble:
    shown, until = listed.certificate, listed.certificate.facts.until
    ends = "ended" if until <= visit.now else "ends"
    why = f" {listed.problem[:1].upper()}{listed.problem[1:]}." if listed.problem else ""
    return Trouble(
        title=f"The certificate of `{shown.name}` {ends} {ago(until, visit.now)}",
        detail=f"It is shown as a {shown.use}, signed by {shown.issuer}.{why}",
        remedy="renew it, or have whoever issued it do so",
        href="/secrets/certificates",
        look="look at all certificates",
    )


def _readable(courses: Sequence[Course]) -> Iterator[Trouble]:
    for course in courses:
        found = [each for each in course.strands if each.reach is Reach.OPEN]
        if found:
            files = list(dict.fromkeys(each.place for each in found))
            named = ", ".join(f"`{each}`" for each in files[:3])
            yield Trouble(
                title=f"{count(len(found), 'key')} of `{course.gateway.name}` "
                f"{'lies' if len(found) == 1 else 'lie'} where its agents can read",
                detail=f"In {named}{' and other files' if len(files) > 3 else ''}, as values.",
                remedy=f"make references of them with "
                f"`clawband secret import --gateway {course.gateway.name}`",
                href="/secrets/flow",
                look="see how they flow",
            )
