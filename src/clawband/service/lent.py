"""What somebody did while a role was lent to them, out of the log."""

from collections.abc import Sequence
from datetime import datetime

from clawband.model.event import Leaf, Tag
from clawband.ports.store import Query, Records

SHOWN, SEARCHED = 200, 1_000
"""Events listed at most, and looked at for acts."""


def events(resource: str, tags: frozenset[Tag], records: Records) -> Sequence[Leaf]:
    """Of one elevation or glass, oldest first."""
    found = records.find(Query(tags=tags, text=resource, limit=SHOWN))
    return [leaf for leaf in reversed(found) if leaf.event.resource == resource]


def acts(start: Leaf, before: int | None, records: Records) -> Sequence[Leaf]:
    """Since `start`, whose detail names `person` and `until`; oldest first, at most `SHOWN`.

    `before` is the index of the event that ended it early.
    """
    person = str(start.event.detail["person"])
    until = datetime.fromisoformat(str(start.event.detail["until"]))
    query = Query(text=person, since=start.event.at, before=before, limit=SEARCHED)
    done = [
        leaf
        for leaf in reversed(records.find(query))
        if leaf.event.who == person and leaf.index > start.index and leaf.event.at < until
    ]
    return done[:SHOWN]
