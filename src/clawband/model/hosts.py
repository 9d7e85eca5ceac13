"""The host that an address leads to, read as if its author wanted to be misunderstood."""

import ipaddress
from typing import Final

UNREADABLE: Final = "?"
"""What two programs could read differently. No allowlist holds it."""
_WEB = ("http", "https", "ws", "wss")
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


def host(text: str) -> str:
    """The host of a URL, or the bare host itself: lower case, without a final dot.

    Browsers, HTTP clients and Python disagree about user names, backslashes, odd schemes, numbers
    that are addresses and letters outside ASCII: those are `UNREADABLE`. Write international names
    in their ASCII form (`xn--…`, RFC 5890 §2.3.2.1).
    """
    if not text.isascii() or not text.isprintable() or set(text) & set(" \\@"):
        return UNREADABLE
    rest = text.lower()
    scheme, spelled, after = rest.partition("://")
    if spelled:
        if scheme not in _WEB:
            return UNREADABLE
        rest = after
    whole = rest
    for end in "/?#":
        rest = rest.partition(end)[0]
    if not spelled and rest != whole and "." not in rest:
        return UNREADABLE  # Rather a path than an address without its scheme.
    if spelled:
        rest, port = _split_port(rest)
        if port and not port.isdecimal():
            return UNREADABLE
    return _plain(rest.removesuffix("."))


def _split_port(authority: str) -> tuple[str, str]:
    inside, bracket, after = authority.rpartition("]")
    name, _, port = after.partition(":")
    return f"{inside}{bracket}{name}", port


def _plain(name: str) -> str:
    if name.startswith("[") and name.endswith("]"):
        try:
            return str(ipaddress.IPv6Address(name[1:-1]))
        except ValueError:
            return UNREADABLE
    labels = name.split(".")
    if not all(label and set(label) <= _NAME for label in labels):
        return UNREADABLE
    last = labels[-1]
    if last.isdecimal() or last.startswith("0x"):
        # 127.1, 0x7f.0.0.1 and 2130706433 are addresses to some programs and names to others.
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError:
            return UNREADABLE
    return name
