"""What a credential of an `openclaw.json` opens, as far as the configuration tells."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from clawband.openclaw.credentials import Way

ITSELF = "the gateway itself"
"""Its token makes an administrator of everybody."""
_ADDRESSES = ("baseUrl", "apiRoot", "url", "proxyUrl", "httpUrl", "serverUrl", "homeserver")
_NAMED = frozenset({"providers", "entries", "servers"})
"""What is below them has a name of its own."""


def destination(config: Mapping[str, Any], way: Way) -> str:
    """A host where one is configured beside it, else the name of what it belongs to; empty where
    nothing tells."""
    if way[:2] == ("gateway", "auth"):
        return ITSELF
    if way[0] == "env":
        return ""
    return _host(config, way) or _name(way)


def _host(config: Mapping[str, Any], way: Way) -> str:
    """That of the nearest object around it which names an address."""
    around: list[Mapping[str, Any]] = []
    inner: Any = config
    for key in way[:-1]:
        inner = inner.get(key) if isinstance(inner, Mapping) else None
        if isinstance(inner, Mapping):
            around.append(inner)
    for each in reversed(around):
        for key in _ADDRESSES:
            if found := _of(each.get(key)):
                return found
    return ""


def _of(address: Any) -> str:
    try:
        return (urlsplit(address).hostname or "") if isinstance(address, str) else ""
    except ValueError:
        return ""


def _name(way: Way) -> str:
    for before, each in pairwise(way):
        if before in _NAMED and isinstance(each, str):
            return each
    # `channels.telegram.botToken` is for telegram, `hooks.token` for the hooks.
    return str(way[1]) if way[0] == "channels" and len(way) > 2 else str(way[0])
