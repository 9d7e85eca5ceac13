"""The drawn flow of secrets: where values lie → who has them in hand → what they open.

A band for all credentials that agents are equally near to; once lying, for wide screens, and once
standing, for phones. The page has the same as a table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap

from clawband.edges.console.wording import Tone
from clawband.flows.secret_flow import Reach, Strand

MOST_KEYS, MOST_PLACES = 5, 4
"""Named in one box; the others are counted."""
LINE, HEAD, PAD, GAP, BETWEEN = 18, 26, 11, 30, 8
"""Heights of a line, of a band's heading, around the text of a box, between bands and between the
rows of one."""


@dataclass(frozen=True, slots=True)
class Said:
    """How one reach is told: what it is called, and who has the value in hand and how."""

    tone: Tone
    head: str
    who: str
    how: str


SAID = {
    Reach.OPEN: Said(Tone.REFUSED, "Values that agents can read", "its agents", "can read them"),
    Reach.GUARDED: Said(
        Tone.WAITING, "Values that only the guard keeps from agents", "its agents",
        "stopped by the proved guard, and by nothing else",
    ),
    Reach.NEAR: Said(
        Tone.WAITING, "Values in clear beside the configuration", "the gateway",
        "and every program it starts",
    ),
    Reach.ELSEWHERE: Said(
        Tone.PLAIN, "References that another program resolves", "the gateway", "in its memory"
    ),
    Reach.BROKEN: Said(
        Tone.WAITING, "References that nothing answers", "the gateway", "gets no value"
    ),
    Reach.GIVEN: Said(
        Tone.PROVED, "References that Clawband resolves", "the gateway",
        "in its memory, in no file",
    ),
    Reach.LENT: Said(
        Tone.PROVED, "Put on at the boundary", "the egress proxy",
        "agents have a placeholder, or nothing",
    ),
    Reach.KEPT: Said(Tone.PROVED, "Never leaves Clawband", "Clawband", "uses it itself"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """A line in a picture; `look` is `title`, `code`, `plain` or a tone."""

    x: int
    y: int
    words: str
    look: str


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    width: int
    height: int
    tone: Tone


@dataclass(frozen=True, slots=True)
class Arrow:
    """From a point straight to the right, or down, over `length`."""

    x: int
    y: int
    length: int
    down: bool
    tone: Tone
    broken: bool
    """What is stopped on this way."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """All parts, and the size in SVG user units."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Credentials that lie in the same place, and what they open."""

    place: str
    keys: tuple[str, ...]
    opens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Band:
    reach: Reach
    rows: tuple[Row, ...]


def bands(strands: Sequence[Strand]) -> Sequence[Band]:
    """The nearest to agents first; places in the order of the credentials."""
    found = []
    for reach in Reach:
        near = [each for each in strands if each.reach is reach]
        places = dict.fromkeys(each.place for each in near)
        rows = [_row(place, [each for each in near if each.place == place]) for place in places]
        if rows:
            found.append(Band(reach, tuple(rows)))
    return found


def lying(found: Sequence[Band]) -> Drawing:
    """From left to right."""
    return _drawn(found, 560, _across)


def standing(found: Sequence[Band]) -> Drawing:
    """From top to bottom."""
    return _drawn(found, 340, _down)


def fit(text: str, most: int) -> str:
    """At most so many characters: the end of a path or a host tells more, from a whole part on."""
    if len(text) <= most:
        return text
    end = text[1 - most :]
    part = end.find(".") + 1
    return f"…{end[part:] if 0 < part < len(end) // 2 else end}"


def _row(place: str, strands: Sequence[Strand]) -> Row:
    keys = list(dict.fromkeys(each.key for each in strands))
    opens = list(dict.fromkeys(each for strand in strands for each in strand.to))
    return Row(place, _few(keys, MOST_KEYS), _few(opens, MOST_PLACES) or ("not known",))


def _few(names: Sequence[str], most: int) -> tuple[str, ...]:
    if len(names) <= most:
        return tuple(names)
    return (*names[: most - 1], f"and {len(names) - most + 1} more")


@dataclass(slots=True)
class _Canvas:
    boxes: list[Box]
    arrows: list[Arrow]
    texts: list[Text]

    def box(self, box: Box, lines: Sequence[tuple[str, str]]) -> None:
        """With its lines in the middle of its height."""
        self.boxes.append(box)
        top = box.y + (box.height - len(lines) * LINE) // 2 + 13
        for number, (words, look) in enumerate(lines):
            self.texts.append(Text(box.x + 12, top + number * LINE, words, look))


def _drawn(
    found: Sequence[Band], width: int, put: Callable[[_Canvas, Band, Said, int], int]
) -> Drawing:
    canvas, y = _Canvas([], [], []), 0
    for band in found:
        said = SAID[band.reach]
        canvas.texts.append(Text(0, y + 14, f"{_MARK[said.tone]}{said.head}", said.tone))
        y = put(canvas, band, said, y + HEAD) + GAP
    return Drawing(
        width, max(0, y - GAP) + 1, tuple(canvas.boxes), tuple(canvas.arrows), tuple(canvas.texts)
    )


STOPPED = (Reach.GUARDED, Reach.BROKEN)
"""What does not get through."""
_MARK = {Tone.REFUSED: "✕ ", Tone.WAITING: "◔ ", Tone.PROVED: "✓ ", Tone.PLAIN: ""}


def _across(canvas: _Canvas, band: Band, said: Said, y: int) -> int:
    top, tone, middle = y, said.tone, _told(said, 19)
    for number, row in enumerate(band.rows):
        left, right = _lies(row, 21, 24), [(fit(each, 19), "code") for each in row.opens]
        height = _tall(max(len(left), len(right)))
        if number == len(band.rows) - 1:
            height = max(height, top + _tall(len(middle)) - y)
        canvas.box(Box(1, y, 198, height, tone), left)
        canvas.box(Box(399, y, 160, height, tone), right)
        half = y + height // 2
        canvas.arrows.append(Arrow(200, half, 25, False, tone, band.reach in STOPPED))
        canvas.arrows.append(Arrow(373, half, 25, False, tone, False))
        y += height + BETWEEN
    y -= BETWEEN
    canvas.box(Box(226, top, 146, y - top, tone), middle)
    return y


def _down(canvas: _Canvas, band: Band, said: Said, y: int) -> int:
    tone = said.tone
    for row in band.rows:
        y = _wide(canvas, _lies(row, 40, 42), tone, y) + BETWEEN
    y = _below(canvas, tone, y - BETWEEN, broken=band.reach in STOPPED)
    y = _below(canvas, tone, _wide(canvas, _told(said, 44), tone, y), broken=False)
    opens = _few(list(dict.fromkeys(each for row in band.rows for each in row.opens)), 8)
    return _wide(canvas, [(fit(each, 42), "code") for each in opens], tone, y)


def _wide(canvas: _Canvas, lines: Sequence[tuple[str, str]], tone: Tone, y: int) -> int:
    height = _tall(len(lines))
    canvas.box(Box(1, y, 338, height, tone), lines)
    return y + height


def _below(canvas: _Canvas, tone: Tone, y: int, *, broken: bool) -> int:
    canvas.arrows.append(Arrow(28, y + 1, 20, True, tone, broken))
    return y + 22


def _lies(row: Row, title: int, most: int) -> list[tuple[str, str]]:
    return [(fit(row.place, title), "title"), *((fit(each, most), "code") for each in row.keys)]


def _told(said: Said, most: int) -> list[tuple[str, str]]:
    return [(said.who, "title"), *((each, "plain") for each in wrap(said.how, most))]


def _tall(lines: int) -> int:
    return 2 * PAD + lines * LINE - 2
