"""Finds what a call passes under declared names, and what the rest looks like.

A name is a key or a way to one: `to`, `options.target`, `attachments[].file_id`. Keys are compared
without case, `_` and `-`, because OpenClaw itself takes `file_path` for `filePath`. A name under
both `hosts` and `paths` holds either. A final `?` says that the argument may be left out, or empty.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from math import isfinite
from typing import Any

from clawband.model.access import Action
from clawband.model.deployment import Tool
from clawband.model.provenance import Meaning

UNREADABLE = "?"
LONGEST = 1024
MOST_TEXTS = 1024
OPTIONAL = "?"

Found = tuple[Meaning, str, str]
"""What a value is, where it was (`recipients[0]`), and the value as written."""

KINDS = (
    ("hosts", Meaning.URL),
    ("paths", Meaning.PATH),
    ("recipients", Meaning.RECIPIENT),
    ("ids", Meaning.ID),
    ("accounts", Meaning.ACCOUNT),
    ("commands", Meaning.COMMAND),
    ("names", Meaning.NAME),
    ("dates", Meaning.DATE),
)
_GUARDED = frozenset({Action.SEND, Action.PAY, Action.DELETE, Action.EXECUTE, Action.CONFIGURE})
_WEB = ("http://", "https://", "ws://", "wss://", "www.", "//")


def gather(tool: Tool, params: Mapping[str, Any]) -> Iterator[Found]:
    """Every consequential value: what is declared, and what looks like a target and is not.

    A value that cannot be read is `UNREADABLE`.
    """
    either = {*map(steps, tool.hosts)} & {*map(steps, tool.paths)}
    for field, meaning in KINDS:
        for name in getattr(tool, field):
            for where, value in find(params, name):
                text = scalar(value)
                if name.endswith(OPTIONAL) and not text.strip():
                    continue
                if steps(name) not in either or is_url(text) is (meaning is Meaning.URL):
                    yield meaning, where, text
    if tool.amount:
        yield from (
            (Meaning.AMOUNT, key, written(value)) for key, value in find(params, tool.amount)
        )
    if tool.effect in _GUARDED:
        for where, text in undeclared(tool, params):
            if like := looks_like(text):
                yield like, where, text


def contents(tool: Tool, params: Mapping[str, Any]) -> tuple[str, ...]:
    """The free texts of a call; of a guarded tool also every text that nobody declared."""
    found = [text for name in tool.contents for where, value in find(params, name)
             for _, _, text in _leaves(value, where, ())]  # fmt: skip
    if tool.effect in _GUARDED:
        found += [text for _, text in undeclared(tool, params)]
    return tuple(found) if len(found) <= MOST_TEXTS else (*found[:MOST_TEXTS], UNREADABLE)


def find(params: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    """Every value under a declared name and where it was; lists are gone through one level deep.

    Where the arguments have another shape than the name says, the value is `UNREADABLE`.
    """
    return _walk(params, steps(name), "")


@cache
def steps(name: str) -> tuple[str, ...]:
    """The keys on the way, folded: `("attachments", "fileid")` for `attachments[].file_id?`."""
    return tuple(fold(part.removesuffix("[]")) for part in name.removesuffix(OPTIONAL).split("."))


def fold(key: str) -> str:
    """A key as it is compared."""
    return key.replace("_", "").replace("-", "").casefold()


def scalar(value: object) -> str:
    """A text or a whole number as text; everything else is `UNREADABLE`."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() < LONGEST:
        return str(value)
    return value if isinstance(value, str) and len(value) <= LONGEST else UNREADABLE


def written(value: object) -> str:
    """An amount as it was written, such as `98.7`."""
    return repr(value) if isinstance(value, float) and isfinite(value) else scalar(value)


def undeclared(tool: Tool, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Texts, and keys of inner objects, that no declared name covers; where each was."""
    names = [getattr(tool, field) for field, _ in KINDS] + [tool.contents, (tool.amount,)]
    declared = {steps(name) for group in names for name in group if name}
    for where, way, text in _leaves(params, "", ()):
        if not any(way[: len(name)] == name for name in declared):
            yield where, text


def is_url(text: str) -> bool:
    """Whether any program would take it for an address on the web."""
    return text.strip().lower().startswith(_WEB)


def looks_like(text: str) -> Meaning | None:
    """The worst a value may be when nobody said what it is; None for plain words."""
    plain = text.strip()
    if not plain or len(plain) > LONGEST:
        return None
    if is_url(plain) or "://" in plain.split(maxsplit=1)[0]:
        return Meaning.URL
    if _is_iban(plain):
        return Meaning.ACCOUNT
    if all(_is_address(each) for each in plain.replace(";", ",").split(",")):
        return Meaning.RECIPIENT
    return Meaning.PATH if _is_path(plain) else None


def _is_address(text: str) -> bool:
    """`ana@a.example`, `Ana <ana@a.example>`, `mailto:…`, `+49 170 …`, `@ana` or `#general`."""
    plain = text.strip().lower().removeprefix("mailto:")
    if plain.endswith(">"):
        plain = plain[:-1].rpartition("<")[2]
    name, at, domain = plain.rpartition("@")
    one_word = len(plain.split()) == 1
    if one_word and at and name and "." in domain.strip("."):
        return True
    digits = plain[1:].translate(_PUNCTUATION)
    called = plain.startswith("+") and digits.isdecimal() and 7 <= len(digits) <= 15
    return called or (one_word and len(plain) > 1 and plain[0] in "@#" and plain[1].isalnum())


def _is_iban(text: str) -> bool:
    """ISO 13616: two letters, two check digits, and 97 divides what remains by one."""
    plain = "".join(text.split()).upper()
    if not (15 <= len(plain) <= 34 and plain.isascii() and plain.isalnum()):
        return False
    digits = "".join(str(int(each, 36)) for each in plain[4:] + plain[:4])
    return plain[:2].isalpha() and plain[2:4].isdecimal() and int(digits) % 97 == 1


def _is_path(text: str) -> bool:
    """A word with a file's ending, or one that begins like a path."""
    if text.startswith(("/", "~/", "./", "../", "~\\", ".\\", "..\\")) or text[1:3] in (
        ":\\",
        ":/",
    ):
        return True
    _, dot, ending = text.rpartition(".")
    return len(text.split()) == 1 and bool(dot) and ending.isalpha() and 2 <= len(ending) <= 5


def _walk(value: Any, way: tuple[str, ...], where: str) -> Iterator[tuple[str, Any]]:
    listed = isinstance(value, list | tuple)
    for place, item in enumerate(value if listed else (value,)):
        at = f"{where}[{place}]" if listed else where
        if item is None:
            continue
        if not way:
            yield at, item
        elif isinstance(item, Mapping):
            for key, inner in item.items():
                if fold(str(key)) == way[0]:
                    yield from _walk(inner, way[1:], f"{at}.{key}" if at else str(key))
        else:
            yield at, UNREADABLE


def _leaves(
    value: Any, where: str, way: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Every text inside, with the folded keys on the way to it; an inner key is a text too."""
    left: list[tuple[Any, str, tuple[str, ...]]] = [(value, where, way)]
    while left:
        item, at, keys = left.pop()
        if isinstance(item, str):
            yield at, keys, item
        elif isinstance(item, Mapping):
            for key, inner in reversed([*item.items()]):
                inside, onward = f"{at}.{key}" if at else str(key), (*keys, fold(str(key)))
                if at:
                    yield inside, onward, str(key)
                left.append((inner, inside, onward))
        elif isinstance(item, list | tuple):
            left += [(each, f"{at}[{n}]", keys) for n, each in reversed([*enumerate(item)])]


_PUNCTUATION = str.maketrans("", "", " -().")
