"""The outbox: letters that are written with what they tell of, and kept until they are delivered.

Everybody has one open letter, which grows until it is tried. Then it stays as it is, under one id,
until the other side has it, refuses it for good, or its time is over.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

from clawband.flows.kept import Kept, Kind
from clawband.model import ids
from clawband.model.digest import Json
from clawband.model.errors import UnavailableError
from clawband.model.event import Event, Tag
from clawband.model.notice import Letter, Line, Message
from clawband.openclaw import validation
from clawband.ports.notices import Fate
from clawband.ports.store import Documents
from clawband.ports.unit import Change, Unit

LETTER = Kind("letter", Letter)
LINES = 20
"""In one letter; the rest is counted."""
LETTERS = 5_000
"""That wait at once; beyond that nothing new is written."""
LIFE = timedelta(hours=24)
BEGIN = timedelta(seconds=30)
"""To the second try; doubled each time."""
AT_MOST = timedelta(minutes=30)
MAX_SUBJECT = 120


def posted(
    news: Mapping[str, Sequence[Line]], documents: Documents, *, now: datetime, entropy: bytes
) -> list[Change]:
    """Write these lines to these people, into the letters that are open."""
    kept = LETTER.all(documents)
    open_ = {each.value.to: each for each in kept if _grows(each.value)}
    room, changes = LETTERS - len(kept), list[Change]()
    for number, (name, lines) in enumerate(news.items()):
        if was := open_.get(name):
            changes.append(LETTER.replace(was, _longer(was.value, lines)))
        elif number < room:
            letter = Letter(to=name, lines=(), made=now, due=now)
            fresh = ids.new("let", now, number.to_bytes(2, "big") + entropy)
            changes.append(LETTER.new(fresh, _longer(letter, lines)))
    return changes


def straight(
    name: str, address: str, line: Line, documents: Documents, *, now: datetime, entropy: bytes
) -> list[Change]:
    """One line to one address, whatever the mailbox of `name` says.

    Raises `UnavailableError` when too many letters wait: somebody is told that this one is on its
    way.
    """
    if len(LETTER.all(documents)) >= LETTERS:
        raise UnavailableError(
            f"{LETTERS:,} mails wait to be sent, and no more are taken",
            remedy="have an administrator look at the mail server, then try again",
        )
    letter = Letter(to=name, address=address, lines=(line,), made=now, due=now)
    return [LETTER.new(ids.new("let", now, entropy), letter)]


def due(documents: Documents, now: datetime) -> Sequence[Kept[Letter]]:
    """What may be tried now, what was tried before first. Who has a letter that could not be
    delivered gets no second one meanwhile."""
    kept = LETTER.all(documents)
    stuck = {each.value.to for each in kept if each.value.closed and not each.value.address}
    found = [
        each
        for each in kept
        if each.value.due <= now and not (_grows(each.value) and each.value.to in stuck)
    ]
    return sorted(found, key=lambda each: (not each.value.closed, each.value.made))


def closed(kept: Kept[Letter], still: Callable[[Line], bool]) -> tuple[Letter | None, Change]:
    """The letter as it is tried from now on; None when nothing in it is worth telling any more."""
    lines = tuple(each for each in kept.value.lines if still(each))
    if not lines:
        return None, LETTER.drop(kept)
    letter = replace(kept.value, lines=lines, closed=True)
    return letter, LETTER.replace(kept, letter)


def over(documents: Documents, *, now: datetime, entropy: bytes) -> Unit:
    """Give up what could not be delivered for too long."""
    unit = Unit()
    for number, kept in enumerate(LETTER.all(documents)):
        if now - kept.value.made >= LIFE:
            salt = number.to_bytes(2, "big") + entropy
            gone = tried(kept, Fate.NEVER, "its time is over", now=now, entropy=salt)
            unit.events += gone.events
            unit.changes += gone.changes
    return unit


def tried(kept: Kept[Letter], fate: Fate, why: str, *, now: datetime, entropy: bytes) -> Unit:
    """What follows from a try: it is done, given up, or tried again later."""
    letter = kept.value
    if fate is Fate.LATER:
        wait = min(BEGIN * 2 ** min(letter.tries, 10), AT_MOST)
        again = replace(letter, tries=letter.tries + 1, due=now + wait)
        return Unit([], [LETTER.replace(kept, again)])
    detail: dict[str, Json] = {"letter": kept.id, "lines": len(letter.lines) + letter.more}
    if fate is Fate.NEVER:
        detail["problem"] = validation.visible(why)[:200]
    event = Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=Tag.NOTICE_SEND,
        resource=f"Operator::{letter.to}",
        outcome="sent" if fate is Fate.SENT else "given up",
        detail=detail,
    )
    return Unit([event], [LETTER.drop(kept)])


def message(kept: Kept[Letter], address: str, origin: str) -> Message:
    """Plain text. Links lead to `origin`; what somebody's name hides or reorders is spelled out."""
    letter = kept.value
    count = len(letter.lines) + letter.more
    subject = letter.lines[0].what.rstrip(".:") if count == 1 else f"{count} things to look at"
    parts = [
        f"{validation.visible(each.what)}\n{origin}{quote(each.link)}" for each in letter.lines
    ]
    if letter.more:
        parts.append(f"And {letter.more} more.\n{origin}/")
    if letter.address:
        parts.append("If you do not know what this is, do nothing.")
    else:
        parts.append(f"Choose what you are told, or that you are told nothing:\n{origin}/me")
    return Message(
        id=kept.id,
        to=address,
        subject=f"Clawband: {_short(validation.visible(subject))}",
        text="\n\n".join(parts) + "\n",
        at=letter.made,
    )


def _grows(letter: Letter) -> bool:
    return not letter.closed and not letter.address


def _longer(letter: Letter, lines: Sequence[Line]) -> Letter:
    fresh = [each for each in dict.fromkeys(lines) if each not in letter.lines]
    room = LINES - len(letter.lines)
    return replace(
        letter,
        lines=(*letter.lines, *fresh[:room]),
        more=letter.more + len(fresh[room:]),
    )


def _short(text: str) -> str:
    return text if len(text) <= MAX_SUBJECT else f"{text[: MAX_SUBJECT - 1]}…"
