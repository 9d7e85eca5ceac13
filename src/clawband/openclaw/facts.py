"""What a call's arguments name: hosts, paths, recipients, an amount, and every consequential value.

Everything here is read for a security decision by somebody who may be lying, so whatever two
programs could read differently becomes `UNREADABLE`, which no allowlist holds, and never nothing.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from clawband.model import money
from clawband.model.access import Action, Facts
from clawband.model.deployment import Tool
from clawband.model.hosts import host
from clawband.model.provenance import Argument, Meaning
from clawband.openclaw.arguments import (
    LONGEST,
    UNREADABLE,
    Found,
    contents,
    find,
    gather,
)
from clawband.openclaw.places import carries, inside

UNREADABLE_AMOUNT = money.MOST
"""More than any limit."""
UNREADABLE_SIZE = 2**53 - 1
MOST_NAMED = 64


def facts(tool: Tool, params: Mapping[str, Any], workspace: str = "") -> Facts:
    """What policy may know of these arguments. Never raises for what they hold.

    `workspace` is the agent's folder on the gateway's machine, empty when it is not known.
    """
    found = [*gather(tool, params)]
    if tool.name == "apply_patch":
        found = [(Meaning.PATH, "input", each) for each in sorted(_patched(params.get("input")))]
    hosts = _named(found, Meaning.URL, host)
    paths = frozenset(inside(each, workspace) for each in _named(found, Meaning.PATH, path))
    recipients = _named(found, Meaning.RECIPIENT, recipient)
    reads = (*hosts, *paths, *recipients) if tool.effect == Action.READ else ()
    return Facts(
        hosts=hosts,
        paths=paths,
        recipients=recipients,
        systems=frozenset({tool.system} if tool.system else ()),
        amount=amount(_only(params, tool.amount), tool.decimals) if tool.amount else 0,
        currency=currency(_only(params, tool.currency)) if tool.currency else "",
        size=size(params),
        arguments=arguments(found),
        contents=contents(tool, params),
        named=frozenset(reads) - {UNREADABLE},
        carries=frozenset().union(*map(carries, paths)),
    )


def arguments(found: Iterable[Found]) -> tuple[Argument, ...]:
    """The values to trace: at most `MOST_NAMED`, and one `UNREADABLE` for each meaning beyond."""
    read = [Argument(meaning, key, _readable(meaning, text)) for meaning, key, text in found
            if text.strip()]  # fmt: skip
    beyond = {each.meaning: Argument(each.meaning, each.key, UNREADABLE) for each in
              read[MOST_NAMED:]}  # fmt: skip
    return (*read[:MOST_NAMED], *beyond.values())


def _readable(meaning: Meaning, text: str) -> str:
    """The value as written, or `UNREADABLE` where programs could disagree about it."""
    readers = {Meaning.URL: host, Meaning.PATH: path}
    plain = text.strip()
    read = readers.get(meaning)
    fits = plain.isprintable() or meaning in (Meaning.COMMAND, Meaning.NAME)
    return UNREADABLE if not fits or (read and read(plain) == UNREADABLE) else plain


def path(text: str) -> str:
    """The path with `.` and `..` resolved by their words; symbolic links are not followed.

    OpenClaw gives `@…` and `file://…` a meaning of their own, and some systems read a backslash as
    a separator: those are `UNREADABLE`.
    """
    if not text.strip() or not text.isprintable() or "\\" in text or "://" in text:
        return UNREADABLE
    start, rest = "", text
    for each in ("~/", "/"):
        if text.startswith(each):
            start, rest = each, text[len(each) :]
    if text == "~":
        start, rest = "~/", ""
    kept: list[str] = []
    for part in rest.split("/"):
        if part == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif part == ".." and start == "/":
            continue
        elif part == ".." and start:
            return UNREADABLE
        elif part not in ("", "."):
            kept.append(part)
    whole = start + "/".join(kept) or "."
    return UNREADABLE if not start and whole.startswith(("~", "@", "file:", UNREADABLE)) else whole


def recipient(text: str) -> str:
    """Lower case, without space around it."""
    plain = text.strip().lower()
    return plain if plain and plain.isprintable() else UNREADABLE


def amount(value: object, decimals: int = 0) -> int:
    """Whole minor units; whatever else it is, more than every limit.

    With `decimals` it is written with so many digits after the point, as a number or a text.
    """
    if decimals:
        units = money.minor(value, decimals)
        return UNREADABLE_AMOUNT if units is None else units
    if isinstance(value, bool) or not isinstance(value, int | float):
        return UNREADABLE_AMOUNT
    if value != value or value < 0 or value > UNREADABLE_AMOUNT or value != int(value):
        return UNREADABLE_AMOUNT
    return int(value)


def currency(value: object) -> str:
    """A code of ISO 4217, however its letters are written."""
    code = value.upper() if isinstance(value, str) and value.isascii() else ""
    return code if money.is_currency(code) else UNREADABLE


def size(params: Mapping[str, Any]) -> int:
    """Bytes of the arguments as JSON."""
    try:
        text = json.dumps(params, ensure_ascii=False, separators=(",", ":"))
        return len(text.encode(errors="surrogatepass"))
    except (TypeError, ValueError, RecursionError):
        return UNREADABLE_SIZE


def _only(params: Mapping[str, Any], name: str) -> object:
    """The one value under a declared name; None for none and for several."""
    values = [value for _, value in find(params, name)]
    return values[0] if len(values) == 1 else None


def _named(found: Iterable[Found], wanted: Meaning, read: Callable[[str], str]) -> frozenset[str]:
    named = {read(text) for meaning, _, text in found if meaning is wanted}
    return frozenset({UNREADABLE}) if len(named) > MOST_NAMED else frozenset(named)


def _patched(patch: object) -> frozenset[str]:
    """Files a patch names, normalised."""
    found = {name if name == UNREADABLE else path(name) for name in patched(patch)}
    many = len(found) > MOST_NAMED
    return frozenset(found) if found and not many else frozenset({UNREADABLE})


def patched(patch: object) -> frozenset[str]:
    """Files a patch names, as written. Every line that begins with `***` counts, however it is
    written; one that cannot be read is `UNREADABLE`."""
    if not isinstance(patch, str):
        return frozenset({UNREADABLE})
    found: set[str] = set()
    for line in patch.splitlines():
        line = line.strip()
        verb, colon, name = line.partition(":")
        if not line.startswith("***") or verb in _MARKS:
            continue
        known = verb in ("*** Add File", "*** Update File", "*** Delete File", "*** Move to")
        good = colon and known and len(name) <= LONGEST
        found.add(name.strip() if good else UNREADABLE)
    return frozenset(found)


_MARKS = ("*** Begin Patch", "*** End Patch", "*** End of File")
