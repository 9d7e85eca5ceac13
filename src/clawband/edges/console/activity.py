"""Activity: what happened?"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from clawband.edges.console import words
from clawband.edges.console.visit import Visit
from clawband.model.event import Leaf, Tag
from clawband.ports.store import Query

PAGE: Final = 50
REFUSED: Final = "refused"
GATEWAYS: Final = "gateways"
KINDS: Final[Mapping[str, tuple[str, frozenset[Tag]]]] = {
    "": ("Everything", frozenset()),
    REFUSED: (
        "Refused",
        frozenset(
            {
                Tag.DECISION_DENY, Tag.REQUEST_REFUSE, Tag.APPROVAL_REFUSE, Tag.ENFORCEMENT_REFUSE,
                Tag.CALL_UNREPORTED, Tag.POLICY_REFUSE, Tag.SESSION_REFUSE,
            }
        ),
    ),
    "held": (
        "Held",
        frozenset({Tag.DECISION_HOLD, *(tag for tag in Tag if tag.startswith("approval:"))}),
    ),
    "allowed": ("Allowed", frozenset({Tag.DECISION_PERMIT})),
    GATEWAYS: (
        "Gateways",
        frozenset(
            {
                *(tag for tag in Tag if tag.startswith(("gateway:", "enforcement:", "server:"))),
                Tag.CALL_UNREPORTED, Tag.REQUEST_REFUSE, Tag.CLOCK_STEP,
            }
        ),
    ),
    "people": (
        "Operators",
        frozenset(
            tag
            for tag in Tag
            if tag.startswith(
                ("control:", "policy:", "operator:", "session:", "log:", "endorsement:")
            )
        )
        | {Tag.APPROVAL_GRANT, Tag.APPROVAL_REFUSE},
    ),
}  # fmt: skip
WORDS: Final = ("agent", "session", "run", "call", "message", "trace", "outcome")
_FILTER: Final = re.compile(rf"({'|'.join(WORDS)})=(\S+)")


@dataclass(frozen=True, slots=True)
class Search:
    """What the search box and the choice beside it say."""

    text: str
    kind: str

    def query(self, before: int | None = None, limit: int = PAGE) -> Query:
        """`agent=shop/support refund` looks for `refund` among what that agent did."""
        named = dict(_FILTER.findall(self.text))
        rest = " ".join(_FILTER.sub(" ", self.text).split())
        tags = KINDS[self.kind][1]
        return Query(tags=tags, text=rest, before=before, limit=limit, **named)

    def address(self, **more: object) -> str:
        return address(self.text, self.kind, **more)


def search_of(visit: Visit) -> Search:
    kind = visit.asked("show", 20)
    return Search(visit.asked("q"), kind if kind in KINDS else "")


def address(text: str = "", kind: str = "", **more: object) -> str:
    """The deep link of a search."""
    given = {"q": text, "show": kind, **more}
    query = urlencode({key: value for key, value in given.items() if value not in ("", None)})
    return f"/activity?{query}" if query else "/activity"


async def show(visit: Visit) -> Response:
    search, before = search_of(visit), visit.asked("before", 20)
    start = int(before) if before.isdecimal() else None
    leaves = await visit.sees.find(search.query(start, PAGE + 1))
    shown = words.rows(leaves[:PAGE])
    older = search.address(before=shown[-1].index) if len(leaves) > PAGE else ""
    return await visit.show(
        "activity.html",
        search=search,
        rows=shown,
        kinds=[(key, word) for key, (word, _) in KINDS.items()],
        paged=start is not None,
        older=older,
        newest=search.address(),
        completions=_completions(visit, leaves),
    )


def _completions(visit: Visit, leaves: Sequence[Leaf]) -> Sequence[str]:
    """Words worth typing: agents under policy, and what is on this page."""
    active = visit.service.policies.active
    bound = active.agents if active else {}
    agents = {f"agent={agent}" for agent in bound if "/" in agent and visit.sees.of(agent)}
    agents |= {f"agent={leaf.event.agent}" for leaf in leaves if leaf.event.agent}
    things = {words.thing(leaf.event.resource) for leaf in leaves if leaf.event.resource}
    return [*sorted(agents), *sorted(things), "outcome=deny", "outcome=hold", "outcome=permit"]
