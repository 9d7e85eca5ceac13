"""Long lists, a part at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from clawband.edges.console.visit import Visit

T = TypeVar("T")
LONGEST = 6
"""Digits of a page's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[T]):
    """What is shown of a list; `before` and `after` are the addresses of its neighbours."""

    shown: Sequence[T]
    first: int
    """The number of the first one shown; they count from 1."""
    total: int
    before: str
    after: str

    @property
    def last(self) -> int:
        return self.first + len(self.shown) - 1


def part(visit: Visit, every: Sequence[T], each: int) -> Part[T]:
    """The part that the address asks for, `each` at a time; the last one if it is too far."""
    asked = visit.asked("page", LONGEST)
    most = max(1, -(-len(every) // each))
    number = min(max(1, int(asked)), most) if asked.isascii() and asked.isdecimal() else 1
    start = (number - 1) * each
    return Part(
        shown=every[start : start + each],
        first=start + 1,
        total=len(every),
        before=_address(visit, number - 1) if number > 1 else "",
        after=_address(visit, number + 1) if number < most else "",
    )


def _address(visit: Visit, number: int) -> str:
    path: str = visit.request.url.path
    return f"{path}?{urlencode({'page': number})}" if number > 1 else path
