"""What cannot wait: honeytokens that were used, and leaks that are open."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from clawband.edges.console.troubles import Trouble, count
from clawband.edges.console.visit import Visit
from clawband.edges.console.when import ago
from clawband.flows.authority import places
from clawband.flows.kept import Kept
from clawband.identity.roles import Act
from clawband.model.event import Event, Leaf, Tag
from clawband.model.leak import Leak, Result, Step
from clawband.ports.store import Query

LATELY: Final = timedelta(hours=24)
MOST: Final = 100


async def troubles(visit: Visit) -> Sequence[Trouble]:
    """The gravest first. What is told of a honeytoken is told of all its uses at once."""
    query = Query(tags=frozenset({Tag.HONEYTOKEN_USE}), since=visit.now - LATELY, limit=MOST)
    by_token: dict[str, list[Leaf]] = {}
    for leaf in await visit.sees.find(query):
        by_token.setdefault(leaf.event.resource, []).append(leaf)
    lured = [_lured([leaf.event for leaf in found], visit) for found in by_token.values()]
    listed = visit.service.leaks.listed(visit.me) if places(visit.me, Act.LOOK) else ()
    return [*lured, *(_leaked(each, visit) for each in listed if each.value.closed is None)]


def _leaked(kept: Kept[Leak], visit: Visit) -> Trouble:
    leak, now = kept.value, visit.now
    done, left = len(leak.tasks) - len(leak.left), leak.left
    time = (
        f"was due {ago(leak.due, now)}" if leak.overdue(now) else f"is due in {_until(leak, now)}"
    )
    contained = leak.task(Step.CONTAIN).result is Result.DONE
    lent = "It is lent to nobody" if contained else "It is still lent"
    rest = f"; next: {left[0].step}" if left else "; close it"
    return Trouble(
        title=f"The secret `{leak.secret}` has leaked, and the run {time}",
        detail=f"{lent}. {done} of {len(leak.tasks)} steps are done{rest}.",
        remedy=f"carry it on with `clawband leak show {kept.id}`",
        href=f"/secrets/leaks/{quote(kept.id)}",
        look="carry it on",
    )


def _until(leak: Leak, now: datetime) -> str:
    return count(int((leak.due - now).total_seconds() // 60), "minute")


def _lured(events: Sequence[Event], visit: Visit) -> Trouble:
    """`events` are the newest first."""
    last = events[0]
    kind, where = last.detail.get("kind", ""), last.detail.get("where", "")
    who = last.agent or last.gateway or "somebody unknown"
    verb = "used" if any(each.outcome == "used" for each in events) else "read"
    times = f", {count(len(events), 'time')}" if len(events) > 1 else ""
    paused = " The agent is paused." if last.detail.get("paused") is True else ""
    return Trouble(
        title=f"A honeytoken was {verb} by `{who}`{times}",
        detail=f"It is a {kind} credential that opens nothing, planted at: {where}. "
        f"The last use was {ago(last.at, visit.now)}.{paused}",
        remedy="pause who used it, and follow the walk to what made them look there",
        href=f"/events/{last.id}",
        look="follow the walk",
    )
