"""`[[door]]` of `clawband.toml`: the front doors through which people reach gateways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from clawband.model.errors import InputError
from clawband.model.person import Role

LEAST = ("1.2", "1.3")
ENTER = "/.clawband/enter"
"""The path of a door to which the console sends people back."""
SCOPE = "operator."
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz.")
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSettings:
    """One door: where it listens, which gateway is behind it, and whom it lets in."""

    name: str
    gateway: str
    listen: str
    """`address:port`; IPv6 in brackets."""
    origin: str
    """Where browsers reach it: `https://` and a host name of its own."""
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Role to the scopes that OpenClaw grants whoever has it. Who has none of them stays out."""
    certificate: str = ""
    """Empty for none: then it listens on loopback only."""
    tls: str = "1.3"
    """The oldest version that is spoken, out of `LEAST`."""
    waf: str = ""
    """A file with rules for libmodsecurity; empty for none."""
    body_bytes: int = 32 << 20
    """The longest body of a request."""
    message_bytes: int = 32 << 20
    """The longest message of a WebSocket, in either direction."""
    per_second: int = 50
    """Requests and WebSocket messages of one person and of one address, on average; eight times as
    many at once."""
    sockets: int = 32
    """WebSockets of one person at the same time."""

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])

    @property
    def back(self) -> str:
        """Where the console sends people back to."""
        return self.origin + ENTER

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by HTTPS."""
        return self.origin.startswith("https:")


def read(given: object) -> tuple[DoorSettings, ...]:
    """The tables, checked. Raises `InputError`."""
    if not isinstance(given, Sequence) or not all(isinstance(each, dict) for each in given):
        raise InputError("expected `door` to be tables", remedy="write `[[door]]`")
    found = tuple(_one(each, number) for number, each in enumerate(given, 1))
    for key in ("name", "gateway", "listen", "origin"):
        if len({getattr(each, key) for each in found}) != len(found):
            raise InputError(f"two doors have the same `{key}`", remedy=f"give each its own {key}")
    if len({urlsplit(each.origin).hostname for each in found}) != len(found):
        raise InputError(
            "two doors have the same host name",
            remedy="give each its own: cookies of a host go to all of its ports",
        )
    return found


def refuse_unfit(doors: Sequence[DoorSettings], gateways: Mapping[str, str], console: str) -> None:
    """What only all settings together show. `gateways`: address by name; `console`: its origin.

    Raises `InputError`.
    """
    for each in doors:
        if not gateways.get(each.gateway):
            raise InputError(
                f"the door `{each.name}` is for `{each.gateway}`, which has no `url`",
                remedy="name a gateway of `[[gateway]]`, with its `url` and `token_file`",
            )
        if not _near(gateways[each.gateway]):
            raise InputError(
                f"the door `{each.name}` is for a gateway at `{gateways[each.gateway][:80]}`, and "
                "nothing would hide on the way who comes",
                remedy="run the door on the gateway's machine: `url` is ws:// and on loopback",
            )
        if urlsplit(each.origin).hostname == urlsplit(console).hostname:
            raise InputError(
                f"the door `{each.name}` has the host name of the console",
                remedy="give it another one: cookies of a host go to all of its ports",
            )


def _near(url: str) -> bool:
    """Whether it is reached without a network: what a door tells a gateway is not encrypted."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme == "ws" and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False


def _one(given: dict[str, Any], number: int) -> DoorSettings:
    where = f"door {number} of `clawband.toml`"
    roles = _roles(given.pop("roles", {}), where)
    kinds = {each.name: each.type for each in fields(DoorSettings) if each.name != "roles"}
    for key, value in given.items():
        if key not in kinds:
            raise InputError(
                f"{where} has the unknown key `{key}`, expected one of {', '.join(kinds)}, roles",
                remedy="remove or correct the key",
            )
        wanted: type = int if kinds[key] is int else str
        if not isinstance(value, wanted) or isinstance(value, bool) or value == 0:
            raise InputError(
                f"expected `{key}` in {where} to be a {wanted.__name__}, got `{str(value)[:40]}`",
                remedy="correct the value",
            )
    for key in ("name", "gateway", "listen", "origin"):
        if not given.get(key):
            raise InputError(f"{where} has no `{key}`", remedy="look at docs/front-door.md")
    door = DoorSettings(**given, roles=roles)
    _refuse_form(door, where)
    return door


def _roles(given: object, where: str) -> Mapping[str, tuple[str, ...]]:
    table: dict[str, Any] = dict(given) if isinstance(given, dict) else {"": given}
    for role, scopes in table.items():
        named = isinstance(scopes, list) and bool(scopes) and all(map(_scope, scopes))
        if role not in set(Role) or not named:
            raise InputError(
                f"{where} has a wrong role `{str(role)[:40]}`",
                remedy=f'write `{Role.OPERATOR} = ["operator.read"]`; roles are {", ".join(Role)}',
            )
    return {role: tuple(scopes) for role, scopes in table.items()}


def _scope(given: object) -> bool:
    return isinstance(given, str) and given.startswith(SCOPE) and set(given) <= _LETTERS


def _refuse_form(door: DoorSettings, where: str) -> None:
    if not set(door.name) <= _NAME or door.tls not in LEAST:
        raise InputError(
            f"{where} has a wrong `name` or `tls`",
            remedy=f"name it in small letters; `tls` is one of {', '.join(LEAST)}",
        )
    try:
        parts, address = urlsplit(door.origin), ip_address(door.host)
        host = parts.hostname or ""
        whole = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
        good = whole == door.origin and 1 <= door.port <= 65_535
    except ValueError:
        raise InputError(
            f"{where} has a wrong `listen` or `origin`",
            remedy='write `listen = "0.0.0.0:8443"` and `origin = "https://shop.example.com"`',
        ) from None
    near = host.endswith(".localhost") and parts.scheme == "http"
    if not good or not (near or parts.scheme == "https"):
        raise InputError(
            f"`origin` in {where} is `{door.origin[:80]}`, which is no origin for a door",
            remedy="write `https://` and a host name, or `http://shop.localhost:8630`",
        )
    if not door.certificate and not address.is_loopback:
        raise InputError(
            f"{where} listens on `{door.host}` without a certificate",
            remedy="set `certificate`, or listen on 127.0.0.1",
        )
    if bool(door.certificate) != door.secure:
        raise InputError(
            f"{where} has an `origin` of {parts.scheme} and "
            f"{'a' if door.certificate else 'no'} certificate",
            remedy="`https` needs `certificate`; only it has one",
        )
