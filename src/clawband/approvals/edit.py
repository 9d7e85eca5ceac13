"""Edit and approve: what a person wrote in place of what an agent wanted to say or do.

Only texts and whole numbers that are there already can be changed: what a person adds would be an
action of theirs, in the agent's name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, Literal, TypeGuard

from clawband.model.digest import Json
from clawband.model.errors import InputError

MOST = 65_536
"""Characters of one text."""
LONG = 4_000
"""Words of both texts together; above that they are compared line by line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What runs instead, for as long as its approval is open."""

    approval: str
    request: str
    """Digest of the request that this makes; the approval is bound to it."""
    arguments: Mapping[str, Any]
    """All of them, exactly as approved."""
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that stayed, that is gone, or that is new."""

    kind: Literal["same", "gone", "new"]
    text: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One argument before and after."""

    key: str
    pieces: tuple[Piece, ...]


def editable(arguments: Mapping[str, Json]) -> Mapping[str, str | int]:
    """The arguments that can be changed, by name."""
    return {key: value for key, value in arguments.items() if _simple(value)}


def edited(arguments: Mapping[str, Json], changes: Mapping[str, Json]) -> dict[str, Json]:
    """The arguments with these changes. Raises `InputError` for what cannot be changed so."""
    known = editable(arguments)
    for key, value in changes.items():
        if key not in known:
            raise InputError(
                f"`{key[:60]}` is no text and no whole number of this action",
                remedy=f"change one of {', '.join(f'`{each}`' for each in known) or 'nothing'}",
            )
        if type(value) is not type(known[key]):
            what = "a text" if isinstance(known[key], str) else "a whole number"
            raise InputError(f"expected {what} for `{key}`", remedy="give it as it was")
        if isinstance(value, str) and len(value) > MOST:
            raise InputError(
                f"`{key}` has {len(value)} characters, expected at most {MOST}",
                remedy="shorten it",
            )
    if all(value == arguments[key] for key, value in changes.items()):
        raise InputError("nothing was changed", remedy="approve it as it is")
    return {**arguments, **changes}


def changed(before: Mapping[str, Json], after: Mapping[str, Json]) -> Sequence[Changed]:
    """What differs, argument by argument, in the order of the first."""
    return [
        Changed(key, difference(str(value), str(after.get(key, ""))))
        for key, value in before.items()
        if value != after.get(key)
    ]


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """The two texts as one, by words; by lines where they are long."""
    left, right = _words(before), _words(after)
    if len(left) + len(right) > LONG:
        left, right = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return tuple(_readable(_pieces(left, right)))


def _readable(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """With what is gone, and what is new, in one piece where only blanks stayed in between."""
    gone = new = ""
    for piece in pieces:
        blank = (gone or new) and piece.kind == "same" and piece.text.isspace()
        if piece.kind == "gone" or blank:
            gone += piece.text
        if piece.kind == "new" or blank:
            new += piece.text
        if piece.kind == "same" and not blank:
            yield from _both(gone, new)
            gone = new = ""
            yield piece
    yield from _both(gone, new)


def _both(gone: str, new: str) -> Iterator[Piece]:
    if gone:
        yield Piece("gone", gone)
    if new:
        yield Piece("new", new)


def _pieces(left: Sequence[str], right: Sequence[str]) -> Iterator[Piece]:
    for kind, at, to, start, stop in SequenceMatcher(None, left, right, False).get_opcodes():
        gone, new = "".join(left[at:to]), "".join(right[start:stop])
        if kind == "equal":
            yield Piece("same", gone)
            continue
        if gone:
            yield Piece("gone", gone)
        if new:
            yield Piece("new", new)


def _words(text: str) -> list[str]:
    """Words and what is between them; joined they are the text."""
    found: list[str] = []
    for each in text:
        if found and each.isspace() == found[-1][-1].isspace():
            found[-1] += each
        else:
            found.append(each)
    return found


def _simple(value: object) -> TypeGuard[str | int]:
    return isinstance(value, str) or type(value) is int
