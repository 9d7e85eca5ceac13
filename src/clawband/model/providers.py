"""`[[model]]` of `clawband.toml`: the model providers that gateways reach through Clawband."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from clawband.model.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """A model provider. Its key is in a file that no gateway can read."""

    name: str
    """The first part of a gateway's base URL: `http://127.0.0.1:8622/<name>/v1`."""
    url: str
    """Its base URL, such as `https://api.example/v1`."""
    key_file: str = ""
    """A file with its key (mode 0600); empty for a provider that wants none."""
    region: str = ""
    """Where it processes what it is sent, as policy names it."""


def read(given: object) -> tuple[ProviderSettings, ...]:
    """The tables, checked. Raises `InputError`."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise InputError("expected `model` to be tables", remedy="write `[[model]]`")
    found = tuple(_one(each, number) for number, each in enumerate(given, 1))
    if len({each.name for each in found}) != len(found):
        raise InputError("two models have the same name", remedy="name each provider once")
    return found


def _one(given: object, number: int) -> ProviderSettings:
    known = [each.name for each in fields(ProviderSettings)]
    where = f"model {number} of `clawband.toml`"
    if not isinstance(given, dict):
        raise InputError(f"expected {where} to be a table", remedy="write `[[model]]`")
    for key, value in given.items():
        if key not in known or not isinstance(value, str):
            raise InputError(
                f"{where} has a wrong `{str(key)[:40]}`", remedy=f"use {', '.join(known)}, as texts"
            )
    name, url = given.get("name", ""), given.get("url", "")
    plain = name.isascii() and all(each.isalnum() or each in "-_." for each in name)
    if not name or not plain or not url:
        raise InputError(
            f"{where} needs a plain `name` and a `url`",
            remedy='write `name = "openai"` and `url = "https://api.openai.com/v1"`',
        )
    return ProviderSettings(**given)
