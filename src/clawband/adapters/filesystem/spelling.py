"""The files that OpenClaw may open for a path as it was written.

It repairs what models get wrong: it takes off one `@`, decodes `file:` URLs, expands `~`, and when
a file is not there it tries other spaces, quotes and Unicode forms of its name. A spelling that it
may take for more than one file has more than one reading here, and all of them count.
"""

import os
import unicodedata
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from clawband.adapters.filesystem.track import UnclearError

UNREADABLE = "?"
STORE = "media://"
_ENDING = "</arg_value>"
_OFFICE = tuple(
    f".{kind}{tail}"
    for kind in ("doc", "ppt", "xls")
    for tail in ("odex", "codex", "xodex", "xcodex")
)
_LOCAL = ("", "localhost")


def readings(text: str, bases: Sequence[str], home: str) -> Iterator[str]:
    """Absolute paths. `bases` are the folders a relative one may be relative to.

    Raises `UnclearError` where a reading is beyond what can be said.
    """
    if text == UNREADABLE or _ENDING in text or text.lower().endswith(_OFFICE) or not _plain(text):
        raise UnclearError
    if text.lower().startswith(STORE):
        if ".." in text or "%" in text:
            raise UnclearError
        return  # an id in the store of attachments
    for each in {text, text.strip(), text.strip().removeprefix("@")}:
        for path in _decoded(each):
            yield from _based(path, bases, home)


def others(path: str) -> Iterator[str]:
    """The same path with its last name spelled otherwise, where there is such a file."""
    folder, _, name = path.rpartition("/")
    spaced = "".join(" " if unicodedata.category(each) == "Zs" else each for each in name)
    for each in {spaced, spaced.replace(" AM", "\u202fAM").replace(" PM", "\u202fPM")}:
        for quoted in {each, each.translate(_STRAIGHT), each.translate(_CURLY)}:
            for form in ("NFC", "NFD"):
                other = f"{folder}/{unicodedata.normalize(form, quoted)}"
                if other != path and os.path.lexists(other):
                    yield other


def _plain(text: str) -> bool:
    """Whether every character is visible or a space, and none of them separates otherwise."""
    if not text.strip() or "\\" in text:
        return False
    return all(each.isprintable() or unicodedata.category(each) == "Zs" for each in text)


def _decoded(text: str) -> Iterator[str]:
    if not text.lower().startswith("file:"):
        yield text
        return
    rest = text[len("file:") :]
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        if host.lower() not in _LOCAL:
            raise UnclearError  # a host by the standard, and a path where only the prefix is cut
        rest = slash + path
    for each in {rest, rest.partition("?")[0].partition("#")[0]}:
        decoded = unquote(each, errors="strict") if _is_utf8(each) else UNREADABLE
        if not _plain(decoded):
            raise UnclearError
        yield from {each, decoded}


def _is_utf8(text: str) -> bool:
    try:
        unquote(text, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def _based(path: str, bases: Sequence[str], home: str) -> Iterator[str]:
    if path.startswith("/"):
        yield path
        return
    if path == "~" or path.startswith("~/"):
        if not home:
            raise UnclearError
        yield home + path[1:]
    if not bases:
        raise UnclearError
    yield from (f"{base}/{path}" for base in bases)


_STRAIGHT = str.maketrans({"\u2018": "'", "\u2019": "'"})
_CURLY = str.maketrans({"'": "\u2019", "\u2018": "\u2019"})
