"""A TOML file that describes secrets, for `clawband secret add --from`. It holds no value."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clawband.edges.cli.files import text
from clawband.model.errors import InputError

FIXED = ("name", "environment", "vault", "place")
"""What a secret keeps for good."""
CHANGING = ("kind", "owner", "purpose", "gateways", "targets", "plan")


@dataclass(frozen=True, slots=True)
class Described:
    """One `[[secret]]`; `body` is what the API takes."""

    name: str
    body: dict[str, Any]
    value_file: Path | None

    @property
    def changing(self) -> dict[str, Any]:
        return {key: value for key, value in self.body.items() if key in CHANGING}


def read(path: Path) -> list[Described]:
    """Raises `InputError`; what it says never holds a value that somebody put there."""
    try:
        given = tomllib.loads(text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"`{path}` is not TOML: {error}", remedy="correct that line") from error
    tables = given.pop("secret", [])
    if given or not isinstance(tables, list) or not tables:
        raise InputError(
            f"`{path}` has something other than secrets", remedy="write `[[secret]]` tables only"
        )
    found = [_one(each, number, path) for number, each in enumerate(tables, 1)]
    if len({each.name for each in found}) < len(found):
        raise InputError(f"`{path}` names a secret twice", remedy="describe each of them once")
    return found


def _one(given: Any, number: int, path: Path) -> Described:
    where = f"secret {number} of `{path}`"
    known = (*FIXED, *CHANGING, "value_file")
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise InputError(f"{where} has no name", remedy='add `name = "crm/api-key"`')
    for key in given:
        if key not in known:
            raise InputError(
                f"{where} has the unknown key `{key}`, expected one of {', '.join(known)}",
                remedy="remove it; a value is named by `value_file`, and never stands here",
            )
    file = given.get("value_file", "")
    if not isinstance(file, str):
        raise InputError(f"{where} has a wrong `value_file`", remedy="name a file")
    body = {key: value for key, value in given.items() if key != "value_file"}
    return Described(given["name"], body, path.parent / Path(file).expanduser() if file else None)
