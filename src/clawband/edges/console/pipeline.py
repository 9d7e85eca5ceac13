"""The drawn pipeline: input → validation → labels → policy → approval → action → audit.

Counts come from the log of the last 24 hours; the drawing is SVG, once lying and once standing, and
the page has the same as a table.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from clawband.edges.console import words
from clawband.edges.console.wording import Tone
from clawband.model.access import Action
from clawband.model.event import Event, Leaf, Tag

DECISIONS: Final = frozenset({Tag.DECISION_PERMIT, Tag.DECISION_DENY, Tag.DECISION_HOLD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage. `stopped` did not pass it, in red or amber below the line."""

    name: str
    does: str
    count: int
    says: str
    """What the count counts."""
    stopped: int = 0
    because: str = ""
    """What the stopped ones are called."""
    tone: Tone = Tone.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A stage with its place: left and top of its box, from where its line comes."""

    stage: Stage
    x: int
    y: int
    first: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes and the size of the picture, in SVG user units."""

    boxes: tuple[Box, ...]
    width: int
    height: int
    box_width: int
    box_height: int


def stages(leaves: Sequence[Leaf], malformed: int, sealed: int) -> Sequence[Stage]:
    """What went through each stage. `sealed` is the size of the newest checkpoint."""
    events = [leaf.event for leaf in leaves if not leaf.event.detail.get("preview")]
    asked = [event for event in events if event.tag in DECISIONS]
    count = Counter(event.tag for event in events)
    held, refused = count[Tag.DECISION_HOLD], count[Tag.DECISION_DENY]
    said_no = count[Tag.APPROVAL_REFUSE] + count[Tag.APPROVAL_EXPIRE]
    ran = [event for event in events if event.tag is Tag.CALL_FINISH]
    failed = sum(event.outcome == "error" for event in ran)
    proved = sum(leaf.index < sealed for leaf in leaves)
    return (
        Stage(name="input", does="the plugin asks before anything happens",
              count=len(asked) + malformed, says="asked"),
        Stage(name="validation", does="size, encoding and shape are checked",
              count=len(asked), says="well-formed", stopped=malformed, because="malformed"),
        Stage(name="labels", does="each session carries what it has read",
              count=sum(map(_outside, asked)), says="from outside"),
        Stage(name="policy", does="Cedar decides under the active set",
              count=len(asked) - held - refused, says="allowed",
              stopped=refused, because="refused"),
        Stage(name="approval", does="people decide what policy leaves to them",
              count=held, says="held", stopped=said_no, because="not approved",
              tone=Tone.WAITING),
        Stage(name="action", does="the call runs and reports back",
              count=len(ran) - failed, says="ran", stopped=failed, because="failed"),
        Stage(name="audit", does="every step is a leaf under a signed checkpoint",
              count=proved, says="proved", stopped=len(leaves) - proved, because="not sealed yet",
              tone=Tone.WAITING),
    )  # fmt: skip


def lying(stages: Sequence[Stage]) -> Drawing:
    """From left to right, for wide screens."""
    width, height, step = 112, 64, 140
    boxes = _boxes(stages, lambda n: (n * step, 26))
    return Drawing(boxes, (len(stages) - 1) * step + width, 150, width, height)


def standing(stages: Sequence[Stage]) -> Drawing:
    """From top to bottom, for phones."""
    width, height, step = 150, 54, 78
    boxes = _boxes(stages, lambda n: (0, n * step))
    return Drawing(boxes, 340, (len(stages) - 1) * step + height, width, height)


def _boxes(stages: Sequence[Stage], place: Callable[[int], tuple[int, int]]) -> tuple[Box, ...]:
    return tuple(
        Box(stage=stage, x=place(number)[0], y=place(number)[1], first=number == 0)
        for number, stage in enumerate(stages)
    )


def _outside(event: Event) -> bool:
    return event.action != Action.INSTALL and words.outside(event.detail)


def used(leaves: Iterable[Leaf]) -> Counter[str]:
    """How often each tool was permitted."""
    events = (leaf.event for leaf in leaves if not leaf.event.detail.get("preview"))
    return Counter(
        words.thing(event.resource)
        for event in events
        if event.tag is Tag.DECISION_PERMIT and event.action.startswith("tool:")
    )
