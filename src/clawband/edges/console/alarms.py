"""What cannot wait: honeytokens that were used."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from clawband.edges.console.troubles import Trouble, count
from clawband.edges.console.visit import Visit
from clawband.edges.console.when import ago
from clawband.model.event import Event, Leaf, Tag
from clawband.ports.store import Query

LATELY: Final = timedelta(hours=24)
MOST: Final = 100


async def troubles(visit: Visit) -> Sequence[Trouble]:
    """The gravest first. What is told of a honeytoken is told of all its uses at once."""
    query = Query(tags=frozenset({Tag.HONEYTOKEN_USE}), since=visit.now - LATELY, limit=MOST)
    by_token: dict[str, list[Leaf]] = {}
    for leaf in await visit.sees.find(query):
        by_token.setdefault(leaf.event.resource, []).append(leaf)
    return [_lured([leaf.event for leaf in found], visit) for found in by_token.values()]


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
