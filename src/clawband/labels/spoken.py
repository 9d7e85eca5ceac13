"""What of a message its sender says, and what they only pass on.

A forwarded mail, a quotation or a pasted page inside a person's message is not the person's word:
it is data that the person showed. So is what the gateway adds about the sender and the chat, whose
names anybody can choose.
"""

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^[ \t]*(```+|~~~+)")
_QUOTE = re.compile(r"^[ \t]*>")
_FORWARDED = re.compile(
    r"^[\s\-_*=>]*("
    r"(begin |begin of )?forwarded message|original message|forwarded by|fwd|"
    r"weitergeleitete nachricht|ursprüngliche nachricht|message transféré|mensaje reenviado"
    r")\b[^\n]{0,80}$",
    re.IGNORECASE,
)
_HEADER = re.compile(r"^(from|von|de|sent|gesendet|date|to|subject|betreff):\s", re.IGNORECASE)
_ADDED = re.compile(r"\(untrusted[^)\n]*\):?\s*$", re.IGNORECASE)
HEADERS = 2
"""So many mail headers in a row begin a pasted mail."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """`words` and `shown` together hold every line of the message."""

    words: str
    shown: str


def spoken(message: str) -> Spoken:
    """Divide a message. When in doubt a line counts as shown, which gives no authority."""
    words: list[str] = []
    shown: list[str] = []
    lines = message.splitlines()
    fence, rest = "", False
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        rest = rest or _begins_mail(lines, number)
        if fence:
            shown.append(line)
            if mark and mark[1].startswith(fence):
                fence = ""
        elif mark:
            fence = mark[1]
            shown.append(line)
        elif rest or _QUOTE.match(line) or _ADDED.search(line):
            shown.append(line)
        else:
            words.append(line)
    return Spoken("\n".join(words).strip(), "\n".join(shown).strip())


def _begins_mail(lines: list[str], number: int) -> bool:
    """From here to the end it is somebody else's mail."""
    if _FORWARDED.match(lines[number]):
        return True
    following = lines[number : number + HEADERS]
    return len(following) == HEADERS and all(map(_HEADER.match, following))
