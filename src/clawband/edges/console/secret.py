"""One secret: who has it, which of its values live, and a new one. No value is ever shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from starlette.responses import Response

from clawband.edges.console import calendar, commands, wording, words
from clawband.edges.console.secrets import PLACE, address
from clawband.edges.console.visit import Visit
from clawband.flows.authority import decided, may
from clawband.identity.roles import Act
from clawband.model.access import Permit
from clawband.model.errors import InputError
from clawband.model.event import Tag
from clawband.model.secret import Plan, Secret, State, Target
from clawband.ports.store import Query

PRINT_CHARACTERS = 16
"""Of a print: enough to tell two values apart."""
PAST, RUNS = 20, 5
STATES = {
    State.PENDING: wording.Tone.WAITING,
    State.CURRENT: wording.Tone.PROVED,
    State.PREVIOUS: wording.Tone.WAITING,
    State.DEAD: wording.Tone.PLAIN,
}
MEANS = {
    State.PENDING: "made, used by nobody yet",
    State.CURRENT: "what is given out",
    State.PREVIOUS: "replaced, and not seen dead",
    State.DEAD: "refused where it was issued",
}
_HISTORY = frozenset(tag for tag in Tag if tag.startswith(("secret:", "rotation:", "leak:"))) - {
    Tag.ROTATION_STEP,
    Tag.LEAK_STEP,
}


async def show(visit: Visit) -> Response:
    secret = visit.service.secrets.get(visit.part("name"), visit.me)
    about = f"Secret::{secret.name}"
    found = await visit.sees.find(Query(text=about, tags=_HISTORY, limit=PAST))
    own = [each for each in found if each.event.resource == about]
    dates = {each.secret: each for each in visit.service.rotations.calendar(visit.me)}
    runs = visit.service.rotations.listed(visit.me)
    return await visit.show(
        "secret.html",
        secret=secret,
        href=address(secret.name),
        versions=list(reversed(secret.versions)),
        most=PRINT_CHARACTERS,
        tones=STATES,
        means=MEANS,
        keeps=may(visit.me, Act.KEEP_SECRETS, secret.environment),
        proved=_proved(visit, secret),
        gateways=[
            each.name
            for each in visit.sees.gateways()
            if each.environment == secret.environment and each.name not in secret.gateways
        ],
        past=words.rows(own),
        uses=_uses(visit, about),
        planned=dates[secret.name],
        tone=calendar.TONES[dates[secret.name].stand],
        runs=[each for each in runs if each.value.secret == secret.name][:RUNS],
        rotates=may(visit.me, Act.ROTATE, secret.environment),
        line=commands.line,
    )


def _uses(visit: Visit, about: str) -> Sequence[tuple[str, datetime]]:
    """Who was last lent it, and when: gateways, and agents at a host, the last ones first."""
    found = visit.service.access.uses.all(about).items()
    seen = [(who, at) for who, at in found if visit.sees.of(who.partition(" ")[0])]
    return sorted(seen, key=lambda each: each[1], reverse=True)[:PAST]


async def put(visit: Visit) -> Response:
    name = visit.part("name")
    value = plain(visit.fields.get("value", ""))
    before = visit.service.secrets.get(name, visit.me).current
    secret = await visit.service.secrets.put(name, value, visit.me)
    current = secret.current
    if current == before:
        return visit.done(address(name), "That is its value already; nothing was changed.")
    number = current.number if current else 0
    return visit.done(address(name), f"Version {number} of `{name}` is the current one.")


async def change(visit: Visit) -> Response:
    name, given = visit.part("name"), visit.fields

    def how(was: Secret) -> Secret:
        match given.get("what"):
            case "give":
                return replace(was, gateways=(*was.gateways, given.get("gateway", "")))
            case "take":
                kept = tuple(each for each in was.gateways if each != given.get("gateway"))
                return replace(was, gateways=kept)
            case "put-on":
                return replace(was, targets=(*was.targets, _target(given)))
            case "take-off":
                return replace(was, targets=_without(was, given.get("number", "")))
            case "plan":
                return replace(was, plan=_plan(was, given))
        return replace(
            was,
            kind=given.get("kind", was.kind),
            owner=given.get("owner", was.owner),
            purpose=given.get("purpose", was.purpose),
        )

    await visit.service.secrets.change(name, how, visit.me)
    return visit.done(address(name), f"`{name}` is changed.")


async def remove(visit: Visit) -> Response:
    name = visit.part("name")
    await visit.service.secrets.remove(name, visit.me)
    return visit.done(PLACE, f"`{name}` is gone: nobody is given it any more.")


def plain(text: str) -> bytes:
    """A value as somebody means it: a browser sends line ends as CR LF, and one at the end is
    from pasting."""
    return text.replace("\r\n", "\n").removesuffix("\n").encode()


def _target(given: Mapping[str, str]) -> Target:
    return Target(
        hosts=tuple(given.get("hosts", "").lower().split()),
        header=given.get("header", "").strip().lower() or "authorization",
        form=given.get("form", "").strip() or "{}",
        methods=tuple(given.get("methods", "").upper().split()),
        paths=tuple(given.get("paths", "").split()),
    )


def _plan(was: Secret, given: Mapping[str, str]) -> Plan | None:
    """What the driver wants to know stays, as long as it is the same driver."""
    driver = given.get("driver", "").strip()
    options = was.plan.options if was.plan and was.plan.driver == driver else {}
    return Plan(
        driver=driver, every_days=_days(given, "days"), overlap_minutes=_days(given, "overlap"),
        options=options,
    ) if driver else None  # fmt: skip


def _days(given: Mapping[str, str], name: str) -> int:
    text = given.get(name, "").strip() or "0"
    if not text.isdecimal() or len(text) > 6:
        raise InputError(f"expected a whole number, got `{text[:20]}`", remedy="write 0 for none")
    return int(text)


def _without(was: Secret, number: str) -> tuple[Target, ...]:
    """The targets without the one that the page numbered so, from 0."""
    if not number.isdecimal() or int(number) >= len(was.targets):
        raise InputError("there is no such target", remedy="reload the page and try again")
    return tuple(each for place, each in enumerate(was.targets) if place != int(number))


def _proved(visit: Visit, secret: Secret) -> bool:
    """Whether a form would be taken now: a value is not typed twice."""
    return isinstance(decided(visit.me, Act.KEEP_SECRETS, secret.environment), Permit)
