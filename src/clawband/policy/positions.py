"""Where each key of a TOML document stands, for messages that can be acted on.

`tomllib` says what a document means but not where. This reads only as much of the syntax as is
needed to count lines; what it does not understand falls back to the line of the table around it.
"""

from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]


def positions(text: str) -> Mapping[Path, int]:
    """The line (from 1) of every table header and key, by path: `("limits", "calls_per_run")`.

    The second `[[approvals]]` is `("approvals", 1)`.
    """
    found: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in _logical(text):
        if line.startswith("[["):
            name = _path(line[2:].partition("]]")[0])
            table = (*name, counts.get(name, 0))
            counts[name] = counts.get(name, 0) + 1
            found.setdefault(name, number)
            found[table] = number
        elif line.startswith("["):
            table = _path(line[1:].partition("]")[0])
            found[table] = number
        else:
            name = _path(_before_equals(line))
            for end in range(1, len(name) + 1):
                found.setdefault((*table, *name[:end]), number)
    return found


def line_of(found: Mapping[Path, int], path: Path) -> int:
    """The line of the key, or of the nearest table around it."""
    while path not in found:
        path = path[:-1]
    return found[path]


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Each header or `key = value` with the line it begins on; values may span several lines."""
    start, depth, closer, gathered = 1, 0, "", ""
    for number, line in enumerate(text.split("\n"), 1):
        if not gathered:
            start = number
        depth, closer, code = _scan(line, depth, closer)
        gathered += code
        if closer or depth > 0:
            continue
        if gathered.strip():
            yield start, gathered.strip()
        depth, gathered = 0, ""


def _scan(line: str, depth: int, closer: str) -> tuple[int, str, str]:
    """Bracket depth and open string after this line, and the line without its comment."""
    place = 0
    header = depth == 0 and not closer and line.lstrip().startswith("[")
    while place < len(line):
        if closer:
            skips = closer[0] == '"' and line[place] == "\\"
            if line.startswith(closer, place) and not skips:
                place, closer = place + len(closer), ""
            else:
                place += 2 if skips else 1
            continue
        if line[place] == "#":
            return depth, "", line[:place]
        if line[place] in "\"'":
            closer = line[place] * 3 if line.startswith(line[place] * 3, place) else line[place]
            place += len(closer)
            continue
        depth += 0 if header else (line[place] in "[{") - (line[place] in "]}")
        place += 1
    return depth, closer if len(closer) == 3 else "", line


def _before_equals(line: str) -> str:
    quote = ""
    for place, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "=":
            return line[:place]
    return line


def _path(dotted: str) -> Path:
    parts, quote, part = [], "", ""
    for character in dotted:
        if quote:
            if character == quote:
                quote = ""
            else:
                part += character
        elif character in "\"'":
            quote = character
        elif character == ".":
            parts.append(part.strip())
            part = ""
        else:
            part += character
    return (*parts, part.strip())
