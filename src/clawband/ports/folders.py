"""Folders of this machine, looked through for values that are known."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Hit:
    """`name` is that of the value; `line` counts from 1."""

    name: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, how much was read, and what could not be."""

    hits: tuple[Hit, ...]
    files: int
    bytes: int
    unread: tuple[str, ...]


class Folders(Protocol):
    def states(self, gateways: Collection[str]) -> Sequence[str]:
        """The state folders and configurations of these gateways that are on this machine."""
        ...

    def search(self, places: Sequence[str], names: Callable[[bytes], frozenset[str]]) -> Looked:
        """Every file in these files and folders, in any format, without following a link. `names`
        says whose values stand in bytes. Blocks as long as that takes, and never raises for what
        it finds: that is told as unread."""
        ...
