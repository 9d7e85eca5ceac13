"""Leaks: what do I do in the next fifteen minutes, and is the value dead?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from starlette.responses import Response

from clawband.edges.console import commands, secrets, wording
from clawband.edges.console.troubles import count
from clawband.edges.console.visit import Visit
from clawband.flows.authority import may, places
from clawband.flows.leak import Asked, Came
from clawband.identity.roles import Act
from clawband.model.errors import InputError
from clawband.model.leak import BY_ITSELF, Leak, Result, Step, Task

PLACE = "/secrets/leaks"
MOST = 50
SAYS = {
    Step.CONTAIN: "lend the value to nobody any more",
    Step.NOTIFY: "tell its owner and who can carry this on",
    Step.REVIEW: "see what was done with it lately",
    Step.TRACE: "see how it got there",
    Step.COPIES: "find where it stands in plain text",
    Step.ROTATE: "put another value in its place",
    Step.PROVE: "see the leaked value refused where it was issued",
}
ACTS = {Step.CONTAIN: "Lend it to nobody now", Step.ROTATE: "Rotate it now, without overlap"}
TONES = {
    Result.OPEN: wording.Tone.WAITING,
    Result.DONE: wording.Tone.PROVED,
    Result.FAILED: wording.Tone.REFUSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A step with what can be done about it."""

    task: Task
    says: str
    after: str
    """How long after the opening it was done; empty while it is not."""
    act: str
    """What its button says; empty where none helps."""
    by_hand: bool
    """Whether somebody may say what came of it."""


async def listed(visit: Visit) -> Response:
    found = visit.service.leaks.listed(visit.me)
    return await visit.show(
        "leaks.html",
        open=[each for each in found if each.value.closed is None],
        closed=[each for each in found if each.value.closed][:MOST],
        headline=headline,
        clock=clock,
        reports=bool(places(visit.me, Act.ROTATE)),
        names=[each.name for each in visit.service.secrets.listed(visit.me)],
        wanted=visit.asked("secret"),
        command=commands.line("leak", "list"),
    )


async def show(visit: Visit) -> Response:
    kept = visit.service.leaks.get(visit.part("id"), visit.me)
    leak, whole = kept.value, kept.value.due - kept.value.opened
    spent = ((leak.closed or visit.now) - leak.opened) / whole if whole else 1.0
    return await visit.show(
        "leak.html",
        kept=kept,
        leak=leak,
        headline=headline(leak),
        clock=clock(leak, visit.now),
        spent=round(min(1.0, max(0.0, spent)) * 1_000),
        lines=[_line(leak, each) for each in leak.tasks],
        tones=TONES,
        secret=secrets.address(leak.secret),
        carries=may(visit.me, Act.ROTATE, leak.environment) and leak.closed is None,
        people=[each.name for each in visit.service.operators.list()],
        dead=not leak.left,
        evidence=evidence,
        line=commands.line,
    )


async def open_(visit: Visit) -> Response:
    given = visit.fields
    asked = Asked(how=given.get("how", ""))
    kept = await visit.service.leaks.open(given.get("secret", "").strip(), asked, visit.me)
    return visit.done(_address(kept.id), "The clock is running. What needs nobody is being done.")


async def take(visit: Visit) -> Response:
    step = _step(visit)
    leak = await visit.service.leaks.take(visit.part("id"), step, visit.me)
    came = leak.task(step)
    said = came.says or "It is being done."
    return visit.done(_address(visit.part("id")), f"{said[:1].upper()}{said[1:]}")


async def mark(visit: Visit) -> Response:
    given = visit.fields
    result = Result.FAILED if given.get("result") == "failed" else Result.DONE
    came = Came(step=_step(visit), result=result, says=given.get("says", ""))
    await visit.service.leaks.mark(visit.part("id"), came, visit.me)
    return visit.done(_address(visit.part("id")), "That is recorded.")


async def assign(visit: Visit) -> Response:
    owner = visit.fields.get("owner", "")
    await visit.service.leaks.assign(visit.part("id"), _step(visit), owner, visit.me)
    return visit.done(_address(visit.part("id")), f"`{owner}` answers for it.")


async def close(visit: Visit) -> Response:
    accepted = visit.fields.get("accept", "").strip()
    leak = await visit.service.leaks.close(visit.part("id"), visit.me, accepted)
    how = "accepted, with your name" if leak.accepted else "the value is dead"
    return visit.done(_address(visit.part("id")), f"The run is closed: {how}.")


def headline(leak: Leak) -> str:
    if leak.closed:
        return f"The leak of `{leak.secret}` is closed"
    done = len(leak.tasks) - len(leak.left)
    return f"`{leak.secret}` has leaked: {done} of {count(len(leak.tasks), 'step')} done"


def clock(leak: Leak, now: datetime) -> str:
    """What is left of the time box, in minutes and seconds; with a minus when it is over."""
    left = round((leak.due - now).total_seconds())
    minutes, seconds = divmod(abs(left), 60)
    return f"{'−' if left < 0 else ''}{minutes}:{seconds:02}"


def _line(leak: Leak, task: Task) -> Line:
    step = task.step
    act = ACTS.get(step, "") if task.result is not Result.DONE else ""
    rotating = step is Step.ROTATE and leak.rotation
    if step in BY_ITSELF:
        act = "Take it again" if task.ended else "Take it now"
    return Line(
        task=task,
        says=SAYS[step],
        after=_after(leak, task),
        act="" if rotating else act,
        by_hand=step is not Step.PROVE and task.result is not Result.DONE,
    )


def _after(leak: Leak, task: Task) -> str:
    if not task.ended:
        return ""
    minutes, seconds = divmod(int((task.ended - leak.opened).total_seconds()), 60)
    return f"after {minutes} min {seconds} s" if minutes else f"after {seconds} s"


def _step(visit: Visit) -> Step:
    given = visit.fields.get("step", "")
    if given not in set(map(str, Step)):
        raise InputError("there is no such step", remedy="reload the page and try again")
    return Step(given)


def _address(id: str) -> str:
    return f"{PLACE}/{quote(id, safe='')}"


def evidence(ids: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Each with the address of its page; empty for a place that has none."""
    return [(each, f"/events/{each}" if each.startswith(("evt_", "dec_")) else "") for each in ids]
