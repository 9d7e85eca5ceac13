"""Text that somebody else wrote, shown so that it cannot pretend to be something else.

Everything is escaped; characters that would be invisible or would reorder the line are replaced by
their code point, marked as such; the whole is isolated from the direction of the text around it
(Unicode UAX #9, `bdi`).
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

from clawband.model.digest import Json

_HIDDEN_KINDS = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
# Letters, marks and symbols that Unicode draws as nothing (DerivedCoreProperties,
# Default_Ignorable_Code_Point) or as an empty cell.
_BLANK = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
    | set(range(0x180B, 0x1810))
    | set(range(0xFE00, 0xFE10))
    | set(range(0xE0100, 0xE01F0))
)
LONGEST = 20_000
"""Characters shown of one text; the rest is counted."""


def hidden(character: str) -> bool:
    """Would a reader not see this character, or see it as an ordinary space?"""
    if character in " \n\t":
        return False
    kind = unicodedata.category(character)
    return kind in _HIDDEN_KINDS or kind == "Zs" or ord(character) in _BLANK


def seen(text: object, *, lines: bool = False) -> Markup:
    """Escaped text with its hidden characters spelled out; line ends too, unless `lines`."""
    words = str(text)
    if _ordinary(words):
        return escape(words)
    shown = words[:LONGEST]
    if shown and not shown.strip():
        return _mark(f"{len(words)} × blank", "only blank characters")
    parts = [
        Markup("").join(_spelled(each) for each in run) if odd else escape("".join(run))
        for odd, run in groupby(shown, key=lambda each: _odd(each, lines))
    ]
    if len(words) > LONGEST:
        parts.append(_mark(f"and {len(words) - LONGEST} more characters", "cut for the screen"))
    return Markup("").join(parts)


def plain(text: object) -> str:
    """The same where no markup can stand: a title, a label."""
    words = str(text)
    if _ordinary(words):
        return words
    return "".join(f"U+{ord(each):04X}" if _odd(each, False) else each for each in words)


def name(text: object) -> Markup:
    """A name of somebody or something, isolated from the text around it."""
    return Markup("<bdi>{}</bdi>").format(seen(text))


def code(text: object) -> Markup:
    """The same in the monospaced face."""
    return Markup('<bdi class="code">{}</bdi>').format(seen(text))


def quoted(sentence: object) -> Markup:
    """A sentence of ours in which names stand in backticks."""
    parts = str(sentence).split("`")
    if len(parts) % 2 == 0:
        return name(sentence)
    return Markup("").join(
        code(part) if number % 2 else seen(part) for number, part in enumerate(parts)
    )


def sentence(text: object) -> Markup:
    """The same, begun with a capital; a name keeps its own first letter."""
    words = str(text)
    return quoted(words[:1].upper() + words[1:])


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument as shown: its name, what kind of value, its exact text."""

    name: str
    kind: str
    value: str


def arguments(body: bytes | None) -> tuple[Argument, ...]:
    """The arguments in a kept payload, in their own order; empty when there is none."""
    kept = json.loads(body) if body else {}
    given = kept.get("arguments", {}) if isinstance(kept, Mapping) else {}
    return tuple(_argument(key, value) for key, value in given.items())


def exact(body: bytes | None) -> str:
    """The same as JSON."""
    kept = json.loads(body) if body else {}
    return json.dumps(kept.get("arguments", {}), indent=2, ensure_ascii=False)


def short(id: object) -> str:
    """An id as lists show it: its kind and its end, which differs from the neighbours'."""
    text = str(id)
    kind, _, rest = text.rpartition("_")
    if kind and len(rest) > 8:
        return f"{kind}_…{rest[-6:]}"
    plain = text.removeprefix("sha256:")
    return plain[:12] if plain != text else text


def _argument(key: str, value: Json) -> Argument:
    if isinstance(value, str):
        return Argument(key, "text", value)
    word = next((word for kind, word in _KINDS if isinstance(value, kind)), "value")
    return Argument(key, word, json.dumps(value, indent=2, ensure_ascii=False))


_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "yes or no"),
    (int, "number"),
    (float, "number"),
    (list, "list"),
    (dict, "record"),
    (type(None), "nothing"),
)


def _ordinary(words: str) -> bool:
    """Whether nothing of it needs a second look, as with most names."""
    return words.isascii() and words.isprintable() and words[:1] != " " and len(words) <= LONGEST


def _odd(character: str, lines: bool) -> bool:
    return hidden(character) or (not lines and character in "\n\t")


def _spelled(character: str) -> Markup:
    point = f"U+{ord(character):04X}"
    return _mark(point, unicodedata.name(character, "control character").lower())


def _mark(text: str, title: str) -> Markup:
    return Markup('<span class="hidden-character" title="{}">{}</span>').format(title, text)
