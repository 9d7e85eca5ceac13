"""What a call of a file tool does to each file it names: `write`, `edit` and `apply_patch`.

An edit that cannot be read leaves the file's content unknown, which explains nothing and can be
undone only from an older version.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from clawband.openclaw.arguments import fold
from clawband.openclaw.facts import path as readable
from clawband.openclaw.places import UNREADABLE, inside

WRITE, EDIT, PATCH = "write", "edit", "apply_patch"
_PATH = frozenset({"path", "filepath", "file"})
_OLD = frozenset({"oldtext", "oldstring", "oldstr"})
_NEW = frozenset({"newtext", "newstring", "newstr"})
"""Keys as `arguments.fold` writes them."""
_VERBS = {"*** Add File": "add", "*** Update File": "update", "*** Delete File": "delete"}
_MOVE = "*** Move to:"


@dataclass(frozen=True, slots=True)
class Edit:
    """`old`, which stands in the file once, becomes `new`."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Written:
    """One file: its whole new `content`, or the `edits` to it. Neither means that it is unknown."""

    path: str
    content: str | None = None
    edits: tuple[Edit, ...] = ()


def written(tool: str, arguments: Mapping[str, Any], workspace: str = "") -> tuple[Written, ...]:
    """What the call does to each file. `path` is as in `Facts.paths`; a removed file is empty."""
    if tool == PATCH:
        found = _patched(str(arguments.get("input") or ""))
        return tuple(replace(each, path=inside(each.path, workspace)) for each in found)
    paths = _strings(arguments, _PATH)
    if len(paths) != 1:
        return ()
    place = inside(readable(paths[0].strip()), workspace)
    if tool == EDIT:
        return (Written(place, edits=_edits(arguments)),)
    content = arguments.get("content")
    return (Written(place, content if isinstance(content, str) else None),)


def moved(arguments: Mapping[str, Any], path: str, content: str) -> dict[str, Any]:
    """The arguments of a `write` that puts this content there instead."""
    kept = {key: value for key, value in arguments.items() if fold(key) not in _PATH}
    return {**kept, "path": path, "content": content}


def after(content: str | None, change: Written) -> str | None:
    """The file after the change; None when that cannot be told."""
    if change.content is not None:
        return change.content
    return _applied(content, change.edits) if change.edits else None


def before(content: str, change: Written) -> str | None:
    """The file before these edits, out of what it is now; None when that cannot be told."""
    if change.content is not None or not change.edits:
        return None
    undone = tuple(Edit(each.new, each.old) for each in reversed(change.edits))
    return _applied(content, undone)


def added(change: Written) -> str | None:
    """The text that these edits add, if they take nothing away; else None."""
    if change.content is not None or not change.edits:
        return None
    if any(each.old not in each.new for each in change.edits):
        return None
    return "\n".join(each.new.replace(each.old, "\n", 1) for each in change.edits)


def _applied(content: str | None, edits: tuple[Edit, ...]) -> str | None:
    for each in edits:
        if content is None or not each.old or content.count(each.old) != 1:
            return None
        content = content.replace(each.old, each.new)
    return content


def _strings(arguments: Mapping[str, Any], keys: frozenset[str]) -> list[str]:
    return [
        value
        for key, value in arguments.items()
        if fold(str(key)) in keys and isinstance(value, str)
    ]


def _edits(arguments: Mapping[str, Any]) -> tuple[Edit, ...]:
    listed = arguments.get("edits")
    found = [] if listed is None else listed if isinstance(listed, list) else [None]
    if any(fold(str(key)) in _OLD | _NEW for key in arguments):
        found = [*found, arguments]
    edits = []
    for each in found:
        old = _strings(each, _OLD) if isinstance(each, Mapping) else []
        new = _strings(each, _NEW) if isinstance(each, Mapping) else []
        if len(old) != 1 or len(new) != 1 or not old[0]:
            return ()
        edits.append(Edit(old[0], new[0]))
    return tuple(edits)


def _patched(text: str) -> Iterator[Written]:
    """The files of a patch in OpenClaw's own format."""
    name, verb, body = "", "", list[str]()
    for line in [*text.splitlines(), "*** End Patch"]:
        stripped = line.strip()
        head, colon, rest = stripped.partition(":")
        if stripped.startswith(_MOVE):
            # The old name is emptied, what the new one holds depends on a file we have not seen.
            yield Written(_place(rest))
            verb = "delete"
        elif (colon and head in _VERBS) or stripped == "*** End Patch":
            if name:
                yield _section(name, verb, body)
            name, verb, body = rest.strip(), _VERBS.get(head, ""), []
        else:
            body.append(line)


def _section(name: str, verb: str, body: list[str]) -> Written:
    place = _place(name)
    if verb == "delete":
        return Written(place, "")
    if verb == "add":
        lines = [line[1:] for line in body if line.startswith("+")]
        return Written(place, "".join(f"{line}\n" for line in lines))
    return Written(place, edits=tuple(_hunks(body)))


def _hunks(body: list[str]) -> Iterator[Edit]:
    old, new = list[str](), list[str]()
    for line in [*body, "@@"]:
        if line.startswith("@@"):
            if old != new:
                yield Edit("\n".join(old), "\n".join(new))
            old, new = [], []
        elif line.startswith(("+", "-")):
            (new if line[0] == "+" else old).append(line[1:])
        elif not line.startswith("***"):
            old.append(line[1:])
            new.append(line[1:])


def _place(name: str) -> str:
    return readable(name.strip()) if name.strip() else UNREADABLE
