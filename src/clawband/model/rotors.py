"""`[rotation]` of `clawband.toml`: how far the drivers of rotations reach."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from clawband.model.errors import InputError

SECTION = "`[rotation]` of `clawband.toml`"


@dataclass(frozen=True, slots=True, kw_only=True)
class RotorSettings:
    """Empty means no: plans are written by whoever may keep secrets, and a request or a program of
    theirs is handed values that they never see."""

    hosts: frozenset[str] = frozenset()
    """Those that the drivers `http` and `webhook` may ask."""
    programs: str = ""
    """A folder with programs for the driver `script`, that nobody but root or we can write to."""
    user: str = ""
    """Whom those run as; empty for ourselves. Wants a server that runs as root."""


def read(given: object) -> RotorSettings:
    """Raises `InputError`."""
    if not isinstance(given, Mapping):
        raise InputError("expected `rotation` to be a table", remedy="write `[rotation]`")
    known = [each.name for each in fields(RotorSettings)]
    for key in given:
        if key not in known:
            raise InputError(
                f"{SECTION} has the unknown key `{key}`, expected one of {', '.join(known)}",
                remedy="remove or correct the key",
            )
    hosts: Any = given.get("hosts", [])
    if not isinstance(hosts, list) or not all(_host(each) for each in hosts):
        raise InputError(
            f"expected `hosts` in {SECTION} to be names of hosts in small letters",
            remedy='write them as `["api.example.com"]`, without `https://` and without a port',
        )
    for key in ("programs", "user"):
        if not isinstance(given.get(key, ""), str):
            raise InputError(f"expected `{key}` in {SECTION} to be a text")
    return RotorSettings(
        hosts=frozenset(hosts), programs=given.get("programs", ""), user=given.get("user", "")
    )


def _host(name: object) -> bool:
    return (
        isinstance(name, str)
        and name != ""
        and name == name.lower()
        and not set(name) & set("/:@ ")
    )
