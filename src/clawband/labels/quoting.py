"""The sentence around a place in a text, safe to show: one line, and nothing in it is unseen."""

import re

from clawband.labels.folding import unseen

LIMIT = 240
_ENDS = ".!?…"


def quote(text: str, start: int, end: int, limit: int = LIMIT) -> str:
    """At most `limit` characters around `text[start:end]`, cut with `…`."""
    begin, stop = _sentence(text, start, end, limit)
    core = _shown(text[start : min(end, start + limit + 1)])
    if len(core) > limit - 2:
        return core[: max(0, limit - 1)] + "…"
    before, after = _shown(text[begin:start]).lstrip(), _shown(text[end:stop]).rstrip()
    room = limit - len(core)
    left = min(len(before), max(room // 2, room - len(after)))
    right = min(len(after), room - left)
    if left < len(before):
        before = "…" + before[len(before) - left + 1 :] if left else ""
    if right < len(after):
        after = after[: right - 1] + "…" if right else ""
    return (before + core + after).strip()


def _sentence(text: str, start: int, end: int, limit: int) -> tuple[int, int]:
    begin, stop = start, end
    while begin > max(0, start - limit - 1) and not _breaks(text, begin - 1):
        begin -= 1
    while stop < min(len(text), end + limit + 1):
        stop += 1
        if _breaks(text, stop - 1):
            break
    return begin, stop


def _breaks(text: str, at: int) -> bool:
    """Whether a sentence ends with the character at a place."""
    char = text[at]
    return char in "\r\n" or (char in _ENDS and text[at + 1 : at + 2].isspace())


def _shown(text: str) -> str:
    """One space for any; what has no shape of its own by its code point."""
    return re.sub(" {2,}", " ", "".join(map(_visible, text)))


def _visible(char: str) -> str:
    if char.isspace():
        return " "
    if not char.isprintable() or unseen(char):
        return f"[U+{ord(char):04X}]"
    return char
