"""`[launcher]` of `clawband.toml`: what the commands of agents may touch."""

from dataclasses import dataclass
from typing import Any

from clawband.model.errors import InputError

WHERE = "`[launcher]` of `clawband.toml`"


@dataclass(frozen=True, slots=True, kw_only=True)
class LauncherSettings:
    """`[launcher]`: what the commands of agents may touch besides their workspace. Absolute paths.

    Empty `read` means what programs of a usual system need; the list takes its place.
    """

    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    shell: str = "/bin/sh"
    symlinks: bool = False
    """Whether commands may make symbolic links: file tools of the gateway follow them."""


def read(given: object) -> LauncherSettings:
    """The table, checked. Raises `InputError`."""
    values: dict[str, Any] = dict(given) if isinstance(given, dict) else {"": given}
    kinds = {"read": list, "write": list, "shell": str, "symlinks": bool}
    for key, value in values.items():
        if key not in kinds or not isinstance(value, kinds[key]):
            raise InputError(f"{WHERE} has a wrong `{key}`", remedy=f"use {', '.join(kinds)}")
        paths = [value] if key == "shell" else value if isinstance(value, list) else []
        if not all(isinstance(path, str) and path.startswith("/") for path in paths):
            raise InputError(
                f"expected absolute paths as `{key}` in {WHERE}", remedy="begin them with `/`"
            )
    usual = LauncherSettings()
    return LauncherSettings(
        read=tuple(values.get("read", ())),
        write=tuple(values.get("write", ())),
        shell=values.get("shell", usual.shell),
        symlinks=values.get("symlinks", usual.symlinks),
    )
