"""Where one path leads: every symbolic link followed, every step identified.

The kernel resolves `..` after links, Node's `path.resolve` before them, and OpenClaw does either.
So a path has up to two tracks, and both count.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from posixpath import normpath

MOST_LINKS = 40
"""Linux gives up after as many (path_resolution(7))."""
MOST_STEPS = 256

Identity = tuple[int, int]
"""Device and inode: the same file or folder under whatever name, mount, case or Unicode form."""


class UnclearError(Exception):
    """Nobody can say where the path leads, or it means something else to every process."""


@dataclass(frozen=True, slots=True)
class Track:
    """The steps from `/` to where a path leads. What does not exist yet has no identity."""

    names: tuple[str, ...]
    identities: tuple[Identity | None, ...]
    """Of `/` and then of each name; one more than `names`."""
    shared: bool = False
    """It ends in a file that has more than one name."""

    @property
    def path(self) -> str:
        return "/" + "/".join(self.names)

    @property
    def end(self) -> Identity | None:
        return self.identities[-1]


def tracks(path: str) -> Iterator[Track]:
    """The tracks of an absolute path. Raises `UnclearError`."""
    yield follow(path)
    if ".." in path.split("/"):
        yield follow(normpath(path))


def follow(path: str) -> Track:
    """As the kernel would; what does not exist is taken by its words. Raises `UnclearError`."""
    walk = _Walk(path)
    while walk.left:
        walk.step(walk.left.pop())
    return Track(tuple(walk.names), tuple(walk.identities), _shared(walk.last))


class _Walk:
    """On the way from `/`: where it is, and what is left to do."""

    def __init__(self, path: str) -> None:
        self.left = path.split("/")[::-1]
        self.names: list[str] = []
        self.identities: list[Identity | None] = [_root()]
        self.last: os.stat_result | None = None
        self._links = 0

    def step(self, name: str) -> None:
        if name in ("", "."):
            return
        if name == "..":
            self.last = None
            if self.names:
                self.names.pop()
                self.identities.pop()
            return
        at = "/" + "/".join([*self.names, name])
        self.last = _look(at) if self.identities[-1] else None
        if self.last and stat.S_ISLNK(self.last.st_mode):
            self._links += 1
            self._turn(_target(at))
            return
        self.names.append(name)
        self.identities.append((self.last.st_dev, self.last.st_ino) if self.last else None)
        if len(self.names) > MOST_STEPS:
            raise UnclearError

    def _turn(self, target: str) -> None:
        self.left += reversed(target.split("/"))
        if self._links > MOST_LINKS or len(self.left) > 2 * MOST_STEPS:
            raise UnclearError
        if target.startswith("/"):
            self.names, self.identities = [], [_root()]
        self.last = None


def _look(path: str) -> os.stat_result | None:
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise UnclearError from error
    if found.st_dev == _processes():
        raise UnclearError  # `/proc/self` is us here and the gateway there
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode) or _is_link(found)):
        raise UnclearError  # devices show whole disks, sockets and pipes lead to other programs
    return found


def _is_link(found: os.stat_result) -> bool:
    return stat.S_ISLNK(found.st_mode)


def _target(path: str) -> str:
    try:
        return os.readlink(path)
    except (OSError, ValueError) as error:
        raise UnclearError from error


def _shared(last: os.stat_result | None) -> bool:
    return bool(last and stat.S_ISREG(last.st_mode) and last.st_nlink > 1)


@cache
def _root() -> Identity:
    found = os.lstat("/")
    return found.st_dev, found.st_ino


@cache
def _processes() -> int:
    try:
        return os.lstat("/proc/self").st_dev
    except OSError:
        return -1
