"""People: who can do anything critical, what every role may do, and may X do Y?"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from starlette.responses import RedirectResponse, Response

from clawband.edges.console import commands, elevations
from clawband.edges.console.duties import duties
from clawband.edges.console.visit import Visit
from clawband.edges.console.words import INFINITIVES
from clawband.flows.authority import may
from clawband.flows.findings import DAYS
from clawband.flows.may_call import CALL, Answer, Asked
from clawband.identity.reach import Kind, Power
from clawband.identity.roles import Act
from clawband.model.access import Action
from clawband.model.errors import Error
from clawband.model.person import Role
from clawband.policy.console import local, roles_for

BELOW = (
    ("Operators", "/people/operators"),
    ("More than they need", "/people/findings"),
    ("Roles for a while", "/people/elevations"),
    ("Changes that take two", "/people/changes"),
    ("Broken glass", "/people/glass"),
    ("Who stands in", "/people/delegations"),
    ("Service accounts", "/people/accounts"),
    ("Access reviews", "/people/reviews"),
)
SHOWN = 8
"""Holders of one power before the rest is counted."""
MOST = 1_000
WORKFLOWS = 60
"""Rows of the picture of agents."""
_EFFECTS = tuple(each for each in Action if each.startswith("tool:") and each is not Action.UNKNOWN)
_ACTIONS = (CALL, "reply", "receive", "ask", "install")
_NOUNS = {
    Kind.PERSON: ("person", "people"), Kind.ACCOUNT: ("service account", "service accounts"),
    Kind.AGENT: ("agent", "agents"), Kind.GATEWAY: ("gateway", "gateways"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One critical power and who holds it; `more` holders are not shown."""

    can: str
    says: str
    count: str
    holders: Sequence[Power]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """`yes`, `if` or `no`, and the same in words."""

    verdict: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    name: str
    note: str
    cells: Sequence[Cell]


async def show(visit: Visit) -> Response:
    if not may(visit.me, Act.LOOK):
        # Who looks at one environment finds their own below.
        return RedirectResponse(elevations.PLACE, status_code=303)
    only = visit.asked("can")
    powers = await visit.service.access.powers(visit.me)
    critical = [each for each in powers if each.critical]
    asked = Asked(
        who=visit.asked("who"), action=visit.asked("action"), resource=visit.asked("resource")
    )
    told, problem = await _answered(visit, asked)
    wanted = Counter("/".join(each.href.split("/")[:3]) for each in duties(visit))
    return await visit.show(
        "people.html",
        sentence=_sentence(critical),
        below=[(says, href, wanted[href]) for says, href in BELOW],
        everything=sorted({each.who for each in critical if each.broad == "every act"}),
        held=_held(critical, only, visit.service.access.dated),
        only=only,
        roles=tuple(Role),
        acts=_acts(),
        effects=[each.partition(":")[2] for each in _EFFECTS],
        agents=_agents(powers),
        bound=visit.service.access.agents(visit.me)[:WORKFLOWS],
        asked=asked,
        told=told,
        problem=problem,
        names=sorted({each.who for each in powers})[:MOST],
        actions=(*Act, *_ACTIONS),
        who_line=commands.line("who-can", "--critical"),
        may_line=commands.line("may", *filter(None, (asked.who, asked.action, asked.resource))),
    )


async def _answered(visit: Visit, asked: Asked) -> tuple[Answer | None, Error | None]:
    if not asked.who or not asked.action:
        return None, None
    try:
        return await visit.service.access.may(asked, visit.me), None
    except Error as error:
        return None, error


def _sentence(critical: Sequence[Power]) -> str:
    """`3 people and 4 agents can do something critical`."""
    counts = Counter(kind for kind, _ in {(each.kind, each.who) for each in critical})
    parts = [f"{counts[kind]} {_NOUNS[kind][counts[kind] != 1]}" for kind in Kind if counts[kind]]
    if not parts:
        return "Nobody can do anything critical"
    listed = " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)
    return f"{listed} can do something critical"


def _held(critical: Sequence[Power], only: str, dated: Callable[[Power], Power]) -> Sequence[Held]:
    """The powers in the order of their gravity."""
    found = []
    for can, each in groupby(critical, key=lambda power: power.can):
        holders = list(each)
        if only in ("", can):
            shown = list(map(dated, holders[: MOST if only else SHOWN]))
            counts = Counter(kind for kind, _ in {(one.kind, one.who) for one in holders})
            count = ", ".join(
                f"{counts[kind]} {_NOUNS[kind][counts[kind] != 1]}" for kind in counts
            )
            found.append(
                Held(can=can, says=holders[0].says, count=count, holders=shown,
                     more=len(holders) - len(shown))
            )  # fmt: skip
    return found


def _acts() -> Sequence[Row]:
    """The picture of people: every act of Clawband, and which role alone is enough."""
    return [
        Row(
            name=act.replace("-", " "),
            note="" if local(act) else "everywhere",
            cells=[_role(act, role) for role in Role],
        )
        for act in Act
    ]


def _role(act: Act, role: Role) -> Cell:
    may = role in roles_for(act)
    return Cell(verdict="yes" if may else "no", says="may" if may else "may not")


def _agents(powers: Sequence[Power]) -> Sequence[Row]:
    """The picture of agents: what each can do with any tool, at most."""
    found: dict[tuple[str, str], dict[str, list[Power]]] = {}
    for each in powers:
        if each.kind is Kind.AGENT and each.can.startswith("tool:"):
            found.setdefault((each.who, each.where), {}).setdefault(each.can, []).append(each)
    return [
        Row(name=who, note=where, cells=[_effect(by, effect) for effect in _EFFECTS])
        for (who, where), by in sorted(found.items())[:WORKFLOWS]
    ]


def _effect(by: Mapping[str, Sequence[Power]], effect: Action) -> Cell:
    held = [each for each in by.get(effect, ()) if each.by.partition("/")[0] != "baseline"]
    if not held:
        return Cell(verdict="no", says="never")
    verb = INFINITIVES.get(effect, str(effect))
    names = ", ".join(sorted({"any tool" if each.what == "*" else each.what for each in held}))
    free = any(not each.terms for each in held)
    return Cell(
        verdict="yes" if free else "if",
        says=f"{verb} {names}" if free else f"{verb} {names}, only with {held[0].terms}",
    )


async def findings(visit: Visit) -> Response:
    """Who has more than they need, and what would be enough."""
    found = await visit.service.access.findings(visit.me, DAYS)
    return await visit.show(
        "findings.html",
        findings=found,
        days=DAYS,
        line=commands.line("access", "findings", "--write", "narrower"),
    )
