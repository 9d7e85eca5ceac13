"""Questions about many paths at once, as values that one Cedar comparison can test.

Cedar has no "for all" over a set. `within` answers "are all of them in this folder?" with one
`like`, and `folders` answers "is any of them in this folder?" with one `contains`.
"""

from collections.abc import Set as AbstractSet

UNREADABLE = "?"
"""Stands for a path, host or recipient that could not be understood; no allowlist holds it."""


def within(paths: AbstractSet[str]) -> str:
    """The path itself, or the deepest folder (with a final `/`) that holds all of them.

    Empty for no path. `./` is the workspace. Several paths that leave the workspace upwards, or
    start in different places (workspace, root, home), are `UNREADABLE` together.
    """
    if not paths:
        return ""
    if len(paths) == 1:
        return next(iter(paths))
    starts = {_start(path) for path in paths}
    if len(starts) > 1 or starts & {UNREADABLE, "../"}:
        return UNREADABLE
    first, *rest = (path.removeprefix(next(iter(starts))).split("/")[:-1] for path in paths)
    for other in rest:
        shared = 0
        while shared < min(len(first), len(other)) and first[shared] == other[shared]:
            shared += 1
        first = first[:shared]
    return next(iter(starts)) + "".join(f"{part}/" for part in first) or "./"


def folders(paths: AbstractSet[str]) -> frozenset[str]:
    """Every folder above a path, with a final `/`, and each path as if it were a folder."""
    found: set[str] = set()
    for path in paths:
        parts = path.split("/")
        found.update("/".join(parts[:end]) + "/" for end in range(1, len(parts) + 1))
    return frozenset(found)


def _start(path: str) -> str:
    for start in ("/", "~/", "../", UNREADABLE):
        if path.startswith(start) or path == start.rstrip("/"):
            return start
    return ""
