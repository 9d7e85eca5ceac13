"""`[[gateway]]` of `clawband.toml`: the OpenClaw gateways to guard."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from clawband.model.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """A gateway, and how it is reached."""

    name: str
    environment: str = "dev"
    config: str = ""
    """Its `openclaw.json`, which `clawband attach` changes; it names what is kept from agents."""
    state: str = ""
    """Its state folder, where that is not the folder of `config`."""
    url: str = ""
    """Its WebSocket address, such as `ws://127.0.0.1:18789`, for live control."""
    token_file: str = ""
    """A file with its operator token (mode 0600), for live control."""


def read(given: object) -> tuple[GatewaySettings, ...]:
    """The tables, checked. Raises `InputError`."""
    if not isinstance(given, Sequence) or not all(isinstance(each, dict) for each in given):
        raise InputError("expected `gateway` to be tables", remedy="write `[[gateway]]`")
    found = tuple(_one(each, number) for number, each in enumerate(given, 1))
    if len({each.name for each in found}) != len(found):
        raise InputError("two gateways have the same name", remedy="name each gateway once")
    return found


def _one(given: dict[str, object], number: int) -> GatewaySettings:
    where = f"gateway {number} of `clawband.toml`"
    known = [each.name for each in fields(GatewaySettings)]
    for key, value in given.items():
        if key not in known:
            raise InputError(
                f"{where} has the unknown key `{key}`, expected one of {', '.join(known)}",
                remedy="remove or correct the key",
            )
        if not isinstance(value, str):
            raise InputError(
                f"expected `{key}` in {where} to be a str, got `{str(value)[:40]}`",
                remedy="correct the value",
            )
    if not given.get("name"):
        raise InputError(f"{where} has no name", remedy='add `name = "shop"`')
    if bool(given.get("url")) != bool(given.get("token_file")):
        raise InputError(
            f"{where} has one of `url` and `token_file`, expected both or none",
            remedy="live control needs both: without it a pause cannot end a running turn",
        )
    return GatewaySettings(**{name: str(value) for name, value in given.items()})
