"""Is this input well formed at all? The first step, before anything is understood.

Names end up in policies, pages and terminals, so they may not carry characters that hide or
reorder text (Unicode TR36 §2.5, TR39 §3.1): controls, formats such as bidirectional overrides
and zero-width joiners, surrogates, private use, and unassigned code points.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any

from clawband.model.errors import InputError

MAX_NAME = 256
MAX_DEPTH = 32
MAX_NODES = 20_000
MAX_NUMBER = 2**63
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def name(value: object, what: str, *, required: bool = False) -> str:
    """A short identifier. None is empty, unless it is required."""
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value):
        raise InputError(f"expected {what} to be a text, got {_kind(value)}", remedy=_UPGRADE)
    if len(value) > MAX_NAME:
        raise InputError(
            f"{what} has {len(value)} characters, expected at most {MAX_NAME}",
            remedy="use a shorter name",
        )
    if value.isascii() and value.isprintable():
        return value
    for character in value:
        if unicodedata.category(character) in _HIDDEN:
            raise InputError(
                f"{what} holds the invisible or control character U+{ord(character):04X}",
                remedy="use visible characters only",
            )
    return value


def number_or_name(value: object, what: str) -> str:
    """An identifier that some channels write as a number. None and 0 are empty."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if 0 < abs(value) < MAX_NUMBER else name("", what, required=True)
    return name(value, what)


def visible(text: str) -> str:
    """The text with every character that hides or reorders others spelled as `\\u{...}`."""
    return "".join(
        f"\\u{{{ord(each):x}}}" if unicodedata.category(each) in _HIDDEN else each for each in text
    )


def text(value: object, what: str) -> str:
    """Free text of any length. Lone surrogates are refused: they have no UTF-8 form."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"expected {what} to be a text, got {_kind(value)}", remedy=_UPGRADE)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"{what} is not valid Unicode at character {error.start}", remedy="send valid UTF-8"
        ) from error
    return value


def mapping(value: object, what: str) -> Mapping[str, Any]:
    """An object as JSON gives it; None is empty."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InputError(f"expected {what} to be an object, got {_kind(value)}", remedy=_UPGRADE)
    return value


def bounded(value: object, what: str) -> Mapping[str, Any]:
    """An object from outside, refused when it is too deep or has too many parts.

    What is inside a bounded object is bounded too: check once, at the door.
    """
    checked = mapping(value, what)
    _bounded(checked, what)
    return checked


def _bounded(value: object, what: str) -> None:
    nodes, level = 0, [value]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in _children(parent)]
        nodes += len(level)
        if not level:
            return
        if nodes > MAX_NODES:
            break
    limit = "parts" if nodes > MAX_NODES else "levels"
    most = MAX_NODES if nodes > MAX_NODES else MAX_DEPTH
    raise InputError(
        f"{what} has more than {most} {limit}", remedy="send smaller, flatter arguments"
    )


def _children(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _kind(value: object) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", list: "a list"}
    if value is None or value == "":
        return "nothing"
    return names.get(type(value), "an object" if isinstance(value, dict) else "something else")


_UPGRADE = "use the plugin that came with this server"
