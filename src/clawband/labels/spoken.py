"""What of a message its sender says, and what they only pass on.

A forwarded mail, a quotation, an attached file or a pasted page inside a person's message is not
the person's word: it is data that the person showed. So is what the gateway adds about the sender,
the chat and the attachments, whose names anybody can choose. The forms are those of OpenClaw
2026.9.6 (`docs/openclaw.md`) and of mail programs.
"""

import re
from dataclasses import dataclass

from clawband.labels.around import around

_FENCE = re.compile(r"^[ \t]*(```+|~~~+)")
_QUOTE = re.compile(r"^[ \t]*[>|]")
_FORWARDED = re.compile(
    r"^[\s\-_*=>\[(]*("
    r"(begin |begin of )?forwarded (message|from)|original message|forwarded by|fwd|"
    r"weitergeleitete nachricht|ursprüngliche nachricht|message transféré|mensaje reenviado"
    r")\b[^\n]{0,200}$",
    re.IGNORECASE,
)
_WROTE = re.compile(r"\b(wrote|schrieb|a écrit|escribió|ha scritto)\s*:\s*$", re.IGNORECASE)
_HEADER = re.compile(
    r"^[\s*_]*(from|von|de|sent|gesendet|date|to|subject|betreff)[*_]*:[*_]*\s", re.IGNORECASE
)
_ADDED = re.compile(r"(\(untrusted[^)\n]*\):?|⟦openclaw:ctx⟧)\s*$", re.IGNORECASE)
"""Above a block that the gateway put there; it ends with an empty line."""
_NOTE = re.compile(
    r"^\s*(\[media attached\b|\[audio transcript \(|\[replying to: |active goal: )", re.IGNORECASE
)
"""A line of the gateway around what somebody else wrote or chose."""
_APPENDED = re.compile(
    r"^\s*(<file\b|<<<external_untrusted_content\b|\[reply chain\b|context: ⟦openclaw:ctx⟧)",
    re.IGNORECASE,
)
"""From here to the end it is what the gateway put behind the person's text."""
_MEDIA = re.compile(r"^\s*\[(image|audio|video)( \d+/\d+)?\]\s*$", re.IGNORECASE)
_SEEN = re.compile(r"^\s*(description|transcript):\s*$", re.IGNORECASE)
HEADERS = 2
"""So many mail headers in a row begin a pasted mail."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """`words` and `shown` together hold every line of the message."""

    words: str
    shown: str


def spoken(message: str, context: str = "") -> Spoken:
    """Divide a message. When in doubt a line counts as shown, which gives no authority.

    `context` is what the gateway told the model beside it, see `around`.
    """
    beside = around(context)
    parts = Spoken("", message.strip()) if beside.forwarded else _divided(message)
    return Spoken(parts.words, "\n".join(filter(None, (parts.shown, beside.others))))


def _divided(message: str) -> Spoken:
    words: list[str] = []
    shown: list[str] = []
    reader = _Reader()
    lines = [line.splitlines() or [""] for line in message.split("\n")]
    for number, parts in enumerate(lines):
        following = [line[0] for line in lines[number + 1 : number + HEADERS]]
        within = False
        for part in parts:
            # Another sign than a line end begins no line for whoever wrote what stands before it.
            within = reader.shows(part, following) or within
            (shown if within else words).append(part)
    return Spoken("\n".join(words).strip(), "\n".join(shown).strip())


class _Reader:
    """Reads a message line by line."""

    def __init__(self) -> None:
        self._fence = ""
        self._rest = self._block = self._media = False

    def shows(self, line: str, following: list[str]) -> bool:
        """Whether this line is not the person's. `following` are the first lines after it."""
        mark = _FENCE.match(line)
        self._rest = self._rest or self._ends(line, following)
        self._media = self._media or bool(_MEDIA.match(line))
        if self._fence:
            if mark and mark[1].startswith(self._fence):
                self._fence, self._block = "", False
            return True
        self._block = bool(_ADDED.search(line)) or (self._block and bool(line.strip()))
        if mark:
            self._fence = mark[1]
            return True
        return self._rest or self._block or bool(_QUOTE.match(line) or _NOTE.match(line))

    def _ends(self, line: str, following: list[str]) -> bool:
        """From here to the end it is somebody else's."""
        if any(form.search(line) for form in (_FORWARDED, _WROTE, _APPENDED)):
            return True
        if self._media and _SEEN.match(line):
            return True
        headers = [line, *following]
        return len(headers) == HEADERS and all(map(_HEADER.match, headers))
