"""Finds what a call passes under declared names, and what the rest looks like.

A name is a key or a way to one: `to`, `options.target`, `attachments[].file_id`. Keys are compared
without case, `_` and `-`, because OpenClaw itself takes `file_path` for `filePath`. A name under
both `hosts` and `paths` holds either. A final `?` says that the argument may be left out, or empty.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
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
Way = tuple[str, ...]
Top = dict[str, list[tuple[str, Any]]]

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
    top, plan = _top(params), _plan(tool)
    for named in plan.named:
        for where, value in _under(top, named.way):
            if named.meaning is Meaning.AMOUNT:
                yield named.meaning, where, written(value)
                continue
            text = scalar(value)
            if named.optional and not text.strip():
                continue
            if not named.either or is_url(text) is (named.meaning is Meaning.URL):
                yield named.meaning, where, text
    if tool.effect in _GUARDED:
        for where, text in undeclared(tool, params):
            if like := looks_like(text):
                yield like, where, text
            else:
                # `headers: "Bcc: eve@c.example"`
                words = text.translate(_BETWEEN).split() if "@" in text else ()
                yield from ((Meaning.RECIPIENT, where, word) for word in words if _is_mail(word))


def contents(tool: Tool, params: Mapping[str, Any]) -> tuple[str, ...]:
    """The free texts of a call that does more than read, with every text that nobody declared."""
    top, plan = _top(params), _plan(tool)
    found = [text for way in plan.contents for where, value in _under(top, way)
             for _, _, text in _leaves(value, where, ())]  # fmt: skip
    if tool.effect != Action.READ:
        found += [text for _, text in undeclared(tool, params)]
    return tuple(found) if len(found) <= MOST_TEXTS else (*found[:MOST_TEXTS], UNREADABLE)


def find(params: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    """Every value under a declared name and where it was; lists are gone through one level deep.

    Where the arguments have another shape than the name says, the value is `UNREADABLE`.
    """
    return _under(_top(params), steps(name))


def undeclared(tool: Tool, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Texts, and keys of inner objects, that no declared name covers; where each was."""
    declared = _plan(tool).declared
    for where, way, text in _leaves(params, "", ()):
        if not any(way[:end] in declared for end in range(1, len(way) + 1)):
            yield where, text


@cache
def steps(name: str) -> Way:
    """The keys on the way, folded: `("attachments", "fileid")` for `attachments[].file_id?`."""
    return tuple(fold(part.removesuffix("[]")) for part in name.removesuffix(OPTIONAL).split("."))


@dataclass(frozen=True, slots=True)
class _Named:
    """One declared name. `either` says that it holds an address or a file."""

    meaning: Meaning
    way: Way
    optional: bool
    either: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to look for in the calls of one tool."""

    named: tuple[_Named, ...]
    contents: tuple[Way, ...]
    declared: frozenset[Way]


@lru_cache(maxsize=1024)
def _plan(tool: Tool) -> _Plan:
    either = {*map(steps, tool.hosts)} & {*map(steps, tool.paths)}
    lists = [(meaning, getattr(tool, field)) for field, meaning in KINDS]
    named = tuple(
        _Named(meaning, steps(name), name.endswith(OPTIONAL), steps(name) in either)
        for meaning, names in [*lists, (Meaning.AMOUNT, (tool.amount,) if tool.amount else ())]
        for name in names
    )
    texts = tuple(map(steps, tool.contents))
    return _Plan(named, texts, frozenset(texts).union(each.way for each in named))


def _top(params: Mapping[str, Any]) -> Top:
    """The arguments by folded key."""
    top: Top = {}
    for key, value in params.items():
        top.setdefault(fold(str(key)), []).append((str(key), value))
    return top


def _under(top: Top, way: Way) -> Iterator[tuple[str, Any]]:
    for key, value in top.get(way[0], ()):
        yield from _walk(value, way[1:], key)


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
    one_word = len(plain.split()) == 1
    if one_word and _is_mail(plain):
        return True
    digits = plain[1:].translate(_PUNCTUATION)
    called = plain.startswith("+") and digits.isdecimal() and 7 <= len(digits) <= 15
    return called or (one_word and len(plain) > 1 and plain[0] in "@#" and plain[1].isalnum())


def _is_mail(word: str) -> bool:
    name, _, domain = word.rpartition("@")
    return bool(name) and "." in domain.strip(".")


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
                    yield from _walk(inner, way[1:], f"{at}.{key}")
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


_BETWEEN = str.maketrans(dict.fromkeys("<>()[]{}\"',;:=|", " "))
_PUNCTUATION = str.maketrans("", "", " -().")
