"""Text of people and agents, made safe for a terminal.

A terminal obeys what it is shown: escape sequences move the cursor and rewrite lines, direction
marks reorder them, and some characters are drawn as nothing. None of them may come out as itself
(Unicode TR36 §2.5; UAX #9).
"""

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
# Drawn as nothing or as an empty cell though they count as letters, marks or symbols
# (Unicode Default_Ignorable_Code_Point, and the blank Braille pattern).
_BLANK = (
    frozenset({0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0})
    | frozenset(range(0x180B, 0x1810))
    | frozenset(range(0xFE00, 0xFE10))
    | frozenset(range(0xE0100, 0xE01F0))
)


def visible(text: object, *, lines: bool = False) -> str:
    """The text with hidden characters as `<U+202E>`; line ends and tabs too, unless `lines`."""
    return "".join(_spelled(each) if _odd(each, lines) else each for each in str(text))


def short(text: object, limit: int) -> str:
    """One visible line of at most `limit` characters; what was left out is marked by `…`."""
    shown = visible(text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _odd(character: str, lines: bool) -> bool:
    if character == " " or (lines and character in "\n\t"):
        return False
    return unicodedata.category(character) in _HIDDEN or ord(character) in _BLANK


def _spelled(character: str) -> str:
    return f"<U+{ord(character):04X}>"
