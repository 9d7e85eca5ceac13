"""Files of this machine, read through for values that are known."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from clawband.adapters.filesystem.guarded import Guarded
from clawband.ports.folders import Hit, Looked

BLOCK: Final = 1 << 20
OVERLAP: Final = 1 << 18
"""Bytes that are looked at twice: a value of 64 KiB in base 64 fits into it."""
MOST_HITS: Final = 10_000
MOST_UNREAD: Final = 100

Names = Callable[[bytes], frozenset[str]]


class MachineFolders:
    """Implements `ports.folders.Folders`. What Clawband keeps itself is sealed, so it is passed
    over."""

    def __init__(self, gateways: Mapping[str, Guarded], own: Sequence[str] = ()) -> None:
        self._gateways, self._own = gateways, frozenset(map(os.path.realpath, own))

    def states(self, gateways: Collection[str]) -> Sequence[str]:
        named = (
            path
            for name, each in self._gateways.items()
            if name in gateways
            for path in (each.config, each.state or os.path.dirname(each.config))
        )
        return [path for path in dict.fromkeys(named) if path and os.path.exists(path)]

    def search(self, places: Sequence[str], names: Names) -> Looked:
        hits: dict[Hit, None] = {}
        unread: list[str] = []
        files = read = 0
        for path in self._files(places, lambda error: unread.append(_said(error))):
            files += 1
            try:
                read += os.path.getsize(path)
                for hit in _in_file(path, names):
                    hits[hit] = None
            except OSError as error:
                unread.append(_said(error))
            if len(hits) >= MOST_HITS:
                unread.append(f"more than {MOST_HITS} places: the rest was not looked at")
                break
        return Looked(tuple(hits), files, read, tuple(unread[:MOST_UNREAD]))

    def _files(self, places: Sequence[str], failed: Callable[[OSError], None]) -> Iterator[str]:
        told = set[str]()
        for place in places:
            if os.path.isfile(place):
                found: Iterator[str] = iter((place,))
            elif os.path.isdir(place):
                found = self._below(place, failed)
            else:
                failed(FileNotFoundError(2, "there is no such file or folder", place))
                continue
            for path in found:
                if path not in told:
                    told.add(path)
                    yield path

    def _below(self, folder: str, failed: Callable[[OSError], None]) -> Iterator[str]:
        for top, folders, files in os.walk(folder, onerror=failed):
            folders[:] = sorted(
                each
                for each in folders
                if os.path.realpath(os.path.join(top, each)) not in self._own
            )
            for name in sorted(files):
                path = os.path.join(top, name)
                if os.path.isfile(path) and not os.path.islink(path):
                    yield path


def _in_file(path: str, names: Names) -> Iterator[Hit]:
    # Without a link, and without waiting for the other end of a pipe that took its place.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    with open(os.open(path, flags), "rb", buffering=0) as file:
        kept, line = b"", 1
        for block in iter(lambda: file.read(BLOCK), b""):
            piece = kept + block
            for name in sorted(names(piece)):
                yield from _lines(path, piece, line, name, names)
            kept = piece[-OVERLAP:]
            line += piece.count(b"\n") - kept.count(b"\n")


def _lines(path: str, piece: bytes, first: int, name: str, names: Names) -> Iterator[Hit]:
    """The lines with it, by halving: a value of several lines is told by its first."""
    lines = piece.split(b"\n")
    left = [(0, len(lines))]
    while left:
        begin, end = left.pop()
        middle = (begin + end) // 2
        halves = [(begin, middle), (middle, end)] if end - begin > 1 else []
        inside = [each for each in halves if name in names(b"\n".join(lines[slice(*each)]))]
        left += inside
        if not inside:
            yield Hit(name, path, first + begin)


def _said(error: OSError) -> str:
    return f"`{error.filename}`: {error.strerror}"
