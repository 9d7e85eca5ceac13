"""What the files that a question names are to the gateway, on this machine."""

import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from time import monotonic

from clawband.adapters.filesystem.guarded import HOMES, Guarded, Layout, layout
from clawband.adapters.filesystem.spelling import others, readings
from clawband.adapters.filesystem.track import Identity, Track, UnclearError, follow, tracks
from clawband.openclaw.files import Reference
from clawband.ports.machine import Ground, View

FRESH_SECONDS = 1.0
MOST_FILES = 50_000
_ATTACHED = ("media", "canvas")
"""Folders of the state folder that hold what people and tools sent."""
_SKILLS = "skills"
"""Agents are told to read what is in it, wherever a plugin or the state folder has one."""


class MachineFiles:
    """Implements `ports.machine.FileSystem` on the file system of this machine.

    `own` are the places of Clawband itself. A gateway whose configuration is not here may run
    elsewhere: outside its workspace nothing can be said then, and that is `UNRESOLVABLE`.
    """

    def __init__(
        self,
        own: Mapping[str, Ground],
        gateways: Mapping[str, Guarded],
        *,
        fresh: float = FRESH_SECONDS,
        most: int = MOST_FILES,
    ) -> None:
        self._own, self._gateways = own, gateways
        self._fresh, self._most = fresh, most
        self._layouts: dict[tuple[str, str], tuple[float, Layout]] = {}

    def protected(self, named: Sequence[Reference], view: View) -> frozenset[Ground]:
        found: set[Ground] = set()
        here = self._layout(view)
        homes = [*_working(here, view.workspaces)]
        for reference in named:
            try:
                for ground in self._grounds(reference, view, here, homes):
                    found.add(ground)
            except UnclearError:
                found |= {Ground.UNRESOLVABLE} if reference.sure else set()
        return frozenset(found)

    def _grounds(
        self, reference: Reference, view: View, here: Layout, homes: Sequence[Track]
    ) -> Iterator[Ground]:
        for path in readings(reference.text, view.workspaces, view.home):
            for track in _everywhere(path):
                ground = _ground(track, here, homes, reads=reference.reads)
                if ground is None and reference.whole and track.end:
                    ground = here.above.get(track.end)
                if ground is None and track.shared:
                    ground = _other_name(track, here, homes, self._most)
                if ground:
                    yield ground
                elif here.config is None and reference.sure and not _inside(track, homes):
                    yield Ground.UNRESOLVABLE

    def _layout(self, view: View) -> Layout:
        key = (view.gateway, view.home)
        made, known = self._layouts.get(key, (0.0, None))
        if known is None or monotonic() - made >= self._fresh:
            known = layout(self._gateways.get(view.gateway), self._own, view.home)
            self._layouts[key] = (monotonic(), known)
        return known


def _working(here: Layout, workspaces: Sequence[str]) -> Iterator[Track]:
    """The folders that the agent may work in, also below a guarded one."""
    named = {track.path for track in here.homes}
    for folder in workspaces:
        try:
            track = follow(folder)
        except UnclearError:
            continue
        if track.path in named or _is_free(track, here):
            yield track


def _is_free(track: Track, here: Layout) -> bool:
    """Whether a workspace that the configuration does not name is where workspaces are."""
    for depth in range(len(track.names), -1, -1):
        if _at(track, depth, here):
            below = track.names[depth:]
            return bool(below) and below[0].startswith(HOMES)
    return True


def _everywhere(path: str) -> Iterator[Track]:
    for track in tracks(path):
        yield track
        if track.end is None:
            for other in others(path):
                yield from tracks(other)


def _ground(track: Track, here: Layout, homes: Sequence[Track], *, reads: bool) -> Ground | None:
    """What the deepest guarded folder on the way says, unless the agent works deeper."""
    if _is_config(track, here.config):
        return Ground.CONFIG
    for depth in range(len(track.names), -1, -1):
        ground = _at(track, depth, here)
        if ground:
            below = track.names[depth:]
            return None if reads and _is_told(ground, below) else ground
        if any(_is(track, depth, home) for home in homes):
            return None
    return None


def _is_told(ground: Ground, below: tuple[str, ...]) -> bool:
    """What the gateway gives agents to read out of its own folders."""
    if ground is Ground.STATE and below and below[0] in _ATTACHED:
        return True
    return ground in (Ground.STATE, Ground.PLUGIN) and _SKILLS in below[:-1]


def _at(track: Track, depth: int, here: Layout) -> Ground | None:
    identity = track.identities[depth]
    if identity and identity in here.known:
        return here.known[identity]
    return here.named.get("/" + "/".join(track.names[:depth]))


def _is(track: Track, depth: int, other: Track) -> bool:
    if other.end and track.identities[depth] == other.end:
        return True
    return track.names[:depth] == other.names


def _inside(track: Track, homes: Sequence[Track]) -> bool:
    return any(_is(track, depth, each) for each in homes for depth in range(len(track.names) + 1))


def _is_config(track: Track, config: Track | None) -> bool:
    """The configuration, or a file beside it whose name begins so, in any case and form."""
    if config is None or len(track.names) < 1:
        return False
    beside = track.identities[-2] is not None and track.identities[-2] == config.identities[-2]
    return beside and _folded(track.names[-1]).startswith(_folded(config.names[-1]))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _other_name(track: Track, here: Layout, homes: Sequence[Track], most: int) -> Ground | None:
    """What a file with several names is under its others. Raises `UnclearError` when too many files
    would have to be looked at."""
    looked = 0
    skip = {home.end for home in homes}
    for root in here.roots:
        for entry in _below(root.path, skip):
            looked += 1
            if looked > most:
                raise UnclearError
            # The folder's list has the number of each file: only a match is looked up.
            if track.end and entry.inode() == track.end[1] and _identity(entry) == track.end:
                return here.known[root.end] if root.end else None
    return None


def _identity(entry: os.DirEntry[str]) -> Identity:
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError as error:
        raise UnclearError from error
    return found.st_dev, found.st_ino


def _below(folder: str, skip: set[Identity | None]) -> Iterator[os.DirEntry[str]]:
    """Every file below a folder, without those below the folders to skip."""
    left = [folder]
    while left:
        try:
            with os.scandir(left.pop()) as entries:
                for entry in entries:
                    if not entry.is_dir(follow_symlinks=False):
                        yield entry
                    elif _identity(entry) not in skip:
                        left.append(entry.path)
        except (NotADirectoryError, FileNotFoundError):
            continue
        except OSError as error:
            raise UnclearError from error
