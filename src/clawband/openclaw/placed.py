"""Single values in an `openclaw.json`, by the way that leads to them."""

from collections.abc import Mapping
from typing import Any

from clawband.model.errors import InputError

Config = dict[str, Any]
Way = tuple[str, ...]


def at(config: Mapping[str, Any], way: Way) -> Any:
    """What stands there; None where nothing does."""
    found: Any = config
    for key in way:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def put(config: Config, way: Way, value: Any) -> None:
    """Set it, and make the objects on the way. Raises `InputError` where another value stands."""
    inner = config
    for number, key in enumerate(way[:-1], 1):
        following = inner.setdefault(key, {})
        if not isinstance(following, dict) or "$include" in following:
            raise InputError(
                f"expected `{'.'.join(way[:number])}` to be an object in this file",
                remedy="set the value where it belongs by hand",
            )
        inner = following
    inner[way[-1]] = value


def back(config: Config, way: Way, was: Any) -> None:
    """Undo a `put`: what stood there, or nothing, and no object that is left empty by that."""
    if was is not None:
        put(config, way, was)
        return
    inner: Any = config
    parents = []
    for key in way[:-1]:
        parents.append((inner, key))
        inner = inner.get(key) if isinstance(inner, dict) else None
    if isinstance(inner, dict):
        inner.pop(way[-1], None)
    for parent, key in reversed(parents):
        if isinstance(parent, dict) and parent.get(key) == {}:
            del parent[key]
