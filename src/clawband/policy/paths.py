"""Questions about many paths or recipients at once, as values one Cedar comparison can test.

Cedar has no "for all" over a set. `within` answers "are all of them in this folder?" with one
`like`, `folders` answers "is any of them in this folder?" with one `contains`, and `domains` makes
of "are all of them at these domains?" one `containsAll`.
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


def domains(recipients: AbstractSet[str]) -> frozenset[str]:
    """What follows the `@` of each recipient; `UNREADABLE` for one that is no plain address.

    Two addresses in one text are none: only the last one's domain would be seen.
    """
    return frozenset(map(_domain, recipients))


def _domain(recipient: str) -> str:
    name, _, domain = recipient.partition("@")
    good = name and domain and not set(recipient) & _SEPARATING and "@" not in domain
    return domain if good else UNREADABLE


def _start(path: str) -> str:
    for start in ("/", "~/", "../", UNREADABLE):
        if path.startswith(start) or path == start.rstrip("/"):
            return start
    return ""


_SEPARATING = frozenset(" ,;<>()[]:\"'\\")
