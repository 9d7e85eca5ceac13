"""Settings: one frozen value, parsed once, that refuses unknown keys and unsafe pairs."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from clawband.model import (
    confinement,
    doors,
    gateways,
    mail,
    openid,
    people,
    providers,
    rotors,
    tls,
    vaults,
    workload,
)
from clawband.model.confinement import LauncherSettings
from clawband.model.doors import DoorSettings
from clawband.model.errors import InputError
from clawband.model.gateways import GatewaySettings
from clawband.model.mail import Mail
from clawband.model.openid import OpenId
from clawband.model.people import Rules
from clawband.model.providers import ProviderSettings
from clawband.model.rotors import RotorSettings
from clawband.model.secret import reference
from clawband.model.tls import TlsSettings
from clawband.model.vaults import SecretsSettings
from clawband.model.workload import Workload

FILE = "clawband.toml"
PORT = 8620
MAX_HOLD = 3_600
_NESTED = frozenset({
    "doors", "gateways", "launcher", "mail", "names", "openid", "people",
    "providers", "rotation", "secrets", "tls", "workloads",
})  # fmt: skip
MAX_APPROVAL = 7 * 24 * 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`clawband.toml`. Paths are relative to the file's folder."""

    state: Path = Path("var")
    """Everything that is kept: the store, keys, published policy, the witness."""
    policies: Path = Path("policies")
    """The `*.cedar` and workflow `*.toml` files that `clawband policy publish` reads."""
    host: str = "127.0.0.1"
    """Console and API. Loopback only: the front door for other machines is another part."""
    port: int = PORT
    egress_port: int = 0
    """The egress proxy and the launcher's desk; 0 for the port after `port`."""
    models_port: int = 0
    """The model gateway; 0 for the second port after `port`."""
    canary_seconds: int = 120
    """How often each agent of each gateway is proved to be guarded."""
    origin: str = "clawband/local"
    """The log's name, in every checkpoint. Never change it for an existing log."""
    hold_seconds: int = 300
    """How long a held call waits in the gateway; afterwards it is parked with a ticket."""
    approval_seconds: int = 28_800
    """How long an approval lives, granted or not."""
    gateways: tuple[GatewaySettings, ...] = field(default=())
    doors: tuple[DoorSettings, ...] = ()
    """`[[door]]`: where people reach a gateway; each in front of one."""
    secrets: SecretsSettings = field(default_factory=SecretsSettings)
    """`[secrets]` and `[[vault]]`: where values are, and what wraps our own."""
    tls: TlsSettings = field(default_factory=TlsSettings)
    """`[[certificate]]`, `[acme]` and `[link]`: what is shown to who connects."""
    launcher: LauncherSettings = field(default_factory=LauncherSettings)
    providers: tuple[ProviderSettings, ...] = ()
    """`[[model]]`: with any of them the model gateway is open."""
    authorities: str = ""
    """A PEM file with certificate authorities of hosts of your own, for what is intercepted, for
    issuers and for the mail server."""
    openid: OpenId | None = None
    """`[openid]`: the provider that people sign in with."""
    mail: Mail | None = None
    """`[mail]`: the server that notices leave by; without it there are none."""
    workloads: tuple[Workload, ...] = ()
    """`[[workload]]`: whose tokens are traded for credentials of ours."""
    people: Rules = field(default_factory=Rules)
    """`[people]`: where people come in, and what they must show."""
    rotation: RotorSettings = field(default_factory=RotorSettings)
    """`[rotation]`: how far its drivers reach."""
    names: Mapping[str, str] = field(default_factory=dict)
    """`[names]`: where a host is found instead of asking DNS, as in
    `"model.internal" = "10.1.0.5:8080"`. The addresses are checked like all others."""

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
    def egress(self) -> int:
        return self.egress_port or self.port + 1

    @property
    def models(self) -> int:
        return self.models_port or self.port + 2

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


def parse(text: str, folder: Path) -> Settings:
    """Settings from the text of a `clawband.toml` in `folder`. Raises `InputError`."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"`{FILE}` is not TOML: {error}", remedy="correct that line") from error
    guarded = gateways.read(given.pop("gateway", []))
    opened = doors.read(given.pop("door", []))
    kept = vaults.read(given)
    shown = tls.read(given, {each.name: each.certificate for each in opened})
    launcher = confinement.read(given.pop("launcher", {}))
    models = providers.read(given.pop("model", []))
    provider = openid.read(given.pop("openid", None))
    workloads = workload.read(given.pop("workload", []), provider)
    post = mail.read(given.pop("mail", None))
    told = _names(given.pop("names", {}))
    driven = rotors.read(given.pop("rotation", {}))
    asked = given.pop("people", {})
    values = _checked(given, Settings, FILE)
    for key in ("state", "policies"):
        if key in values:
            values[key] = Path(values[key])
    settings = Settings(
        **values,
        gateways=guarded,
        doors=opened,
        secrets=kept,
        tls=shown,
        launcher=launcher,
        names=told,
        people=people.read(asked, values.get("port", PORT)),
        providers=models,
        openid=provider,
        mail=post,
        rotation=driven,
        workloads=workloads,
    )
    _refuse_unsafe(settings)
    doors.refuse_unfit(opened, {each.name: each.url for each in guarded}, settings.people.origin)
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
    provider, post = settings.openid, settings.mail
    guarded = tuple(
        replace(
            each,
            config=_below(root, each.config),
            state=_below(root, each.state),
            token_file=_below(root, each.token_file),
        )
        for each in settings.gateways
    )
    return replace(
        settings,
        state=root / settings.state,
        policies=root / settings.policies,
        gateways=guarded,
        secrets=settings.secrets.below(lambda path: _below(root, path)),
        doors=tuple(replace(each, waf=_below(root, each.waf)) for each in settings.doors),
        tls=settings.tls.below(lambda path: _below(root, path)),
        authorities=_below(root, settings.authorities),
        rotation=replace(settings.rotation, programs=_below(root, settings.rotation.programs)),
        openid=provider and replace(provider, secret_file=_below(root, provider.secret_file)),
        mail=post and replace(post, password_file=_below(root, post.password_file)),
        providers=tuple(
            replace(each, key_file=_below(root, each.key_file)) for each in settings.providers
        ),
    )


def _below(root: Path, path: str) -> str:
    if not path or reference(path):
        return path
    return str(root / Path(path).expanduser())


def _names(given: object) -> Mapping[str, str]:
    """`host = "address:port"`; IPv6 in brackets."""
    values: dict[str, Any] = dict(given) if isinstance(given, dict) else {"": given}
    for name, place in values.items():
        host, _, port = str(place).rpartition(":")
        try:
            ip_address(host.removeprefix("[").removesuffix("]"))
            good = isinstance(place, str) and name == name.lower() and 1 <= int(port) <= 65_535
        except ValueError:
            good = False
        if not good:
            raise InputError(
                f"`[names]` of `{FILE}` has a wrong entry `{name}`",
                remedy='write `"host.internal" = "10.1.0.5:8080"`, in small letters',
            )
    return values


def _checked(given: Mapping[str, Any], shape: type, where: str) -> dict[str, Any]:
    kinds = {each.name: each.type for each in fields(shape) if each.name not in _NESTED}
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
    ports = (settings.port, settings.egress, settings.models)
    if len(set(ports)) < len(ports) or not all(1 <= port <= 65_535 for port in ports):
        raise InputError(
            f"`port`, `egress_port` and `models_port` are {ports}, expected three different ones",
            remedy="set `egress_port` and `models_port`",
        )
    if not 5 <= settings.canary_seconds <= 3_600:
        raise InputError(f"`canary_seconds` is {settings.canary_seconds}, expected 5 to 3600")
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
