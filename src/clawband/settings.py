"""Settings: one frozen value, parsed once, that refuses unknown keys and unsafe pairs."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from clawband.model.errors import InputError

FILE = "clawband.toml"
MAX_HOLD = 3_600
MAX_APPROVAL = 7 * 24 * 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """`[[gateway]]`: an OpenClaw gateway to guard."""

    name: str
    environment: str = "dev"
    config: str = ""
    """Its `openclaw.json`, which `clawband attach` changes."""
    url: str = ""
    """Its WebSocket address, such as `ws://127.0.0.1:18789`, for live control."""
    token_file: str = ""
    """A file with its operator token (mode 0600), for live control."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`clawband.toml`. Paths are relative to the file's folder."""

    state: Path = Path("var")
    """Everything that is kept: the store, keys, published policy, the witness."""
    policies: Path = Path("policies")
    """The `*.cedar` and workflow `*.toml` files that `clawband policy publish` reads."""
    host: str = "127.0.0.1"
    """Console and API. Loopback only: the front door for other machines is another part."""
    port: int = 8620
    origin: str = "clawband/local"
    """The log's name, in every checkpoint. Never change it for an existing log."""
    hold_seconds: int = 300
    """How long a held call waits in the gateway; afterwards it is parked with a ticket."""
    approval_seconds: int = 28_800
    """How long an approval lives, granted or not."""
    gateways: tuple[GatewaySettings, ...] = field(default=())

    @property
    def store(self) -> Path:
        return self.state / "clawband.db"

    @property
    def socket(self) -> Path:
        return self.state / "gateway.sock"

    @property
    def hold(self) -> timedelta:
        return timedelta(seconds=self.hold_seconds)

    @property
    def approval(self) -> timedelta:
        return timedelta(seconds=self.approval_seconds)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


def parse(text: str, folder: Path) -> Settings:
    """Settings from the text of a `clawband.toml` in `folder`. Raises `InputError`."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"`{FILE}` is not TOML: {error}", remedy="correct that line") from error
    listed = given.pop("gateway", [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise InputError("expected `gateway` to be tables", remedy="write `[[gateway]]`")
    gateways = tuple(_gateway(each, number) for number, each in enumerate(listed, 1))
    names = [gateway.name for gateway in gateways]
    if len(set(names)) != len(names):
        raise InputError("two gateways have the same name", remedy="name each gateway once")
    values = _checked(given, Settings, FILE)
    for key in ("state", "policies"):
        if key in values:
            values[key] = Path(values[key])
    settings = Settings(**values, gateways=gateways)
    _refuse_unsafe(settings)
    return _placed(settings, folder)


def load(folder: Path) -> Settings:
    """Settings of a folder: its `clawband.toml`, or the defaults when there is none."""
    path = folder / FILE
    if not path.exists():
        return _placed(Settings(), folder)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"`{FILE}` cannot be read: {type(error).__name__}", remedy="make it readable, as UTF-8"
        ) from error
    return parse(text, folder)


def _placed(settings: Settings, folder: Path) -> Settings:
    root = folder.absolute()
    gateways = tuple(
        replace(each, token_file=str(root / Path(each.token_file).expanduser()))
        if each.token_file
        else each
        for each in settings.gateways
    )
    return replace(
        settings,
        state=root / settings.state,
        policies=root / settings.policies,
        gateways=gateways,
    )


def _gateway(given: Mapping[str, Any], number: int) -> GatewaySettings:
    where = f"gateway {number} of `{FILE}`"
    values = _checked(given, GatewaySettings, where)
    if not values.get("name"):
        raise InputError(f"{where} has no name", remedy='add `name = "shop"`')
    if bool(values.get("url")) != bool(values.get("token_file")):
        raise InputError(
            f"{where} has one of `url` and `token_file`, expected both or none",
            remedy="live control needs both: without it a pause cannot end a running turn",
        )
    return GatewaySettings(**values)


def _checked(given: Mapping[str, Any], shape: type, where: str) -> dict[str, Any]:
    kinds = {each.name: each.type for each in fields(shape) if each.name != "gateways"}
    for key, value in given.items():
        if key not in kinds:
            raise InputError(
                f"{where} has the unknown key `{key}`, expected one of {', '.join(kinds)}",
                remedy="remove or correct the key",
            )
        wanted: type = int if kinds[key] is int else str
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise InputError(
                f"expected `{key}` in {where} to be a {wanted.__name__}, got `{str(value)[:40]}`",
                remedy="correct the value",
            )
    return dict(given)


def _refuse_unsafe(settings: Settings) -> None:
    try:
        loopback = settings.host == "localhost" or ip_address(settings.host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise InputError(
            f"`host` is `{settings.host}`, expected a loopback address",
            remedy="use 127.0.0.1 and reach it through a tunnel",
        )
    origin = settings.origin
    if not origin or not origin.isprintable() or any(each in origin for each in "+ \u00a0"):
        raise InputError(
            f"`origin` is {origin[:40]!r}, expected visible characters without `+` and space",
            remedy="name the log like an address without a scheme: `clawband.example/team`",
        )
    if not 1 <= settings.port <= 65_535:
        raise InputError(f"`port` is {settings.port}, expected 1 to 65535")
    if not 0 < settings.hold_seconds <= MAX_HOLD:
        raise InputError(
            f"`hold_seconds` is {settings.hold_seconds}, expected 1 to {MAX_HOLD}",
            remedy="longer waits are parked: the agent goes on and asks again",
        )
    if not 0 < settings.approval_seconds <= MAX_APPROVAL:
        raise InputError(
            f"`approval_seconds` is {settings.approval_seconds}, expected 1 to {MAX_APPROVAL}",
            remedy="use at most a week",
        )
