"""From `openclaw.json` and the options of `clawband contain` to a definition."""

import os
import pwd
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from clawband.containment.definition import Account, Definition, Named, named
from clawband.edges.cli.files import text
from clawband.edges.cli.place import Place
from clawband.edges.cli.visible import visible
from clawband.flows.enroll import NAME
from clawband.model.errors import InputError, NotFoundError
from clawband.model.gateways import GatewaySettings
from clawband.openclaw import config as openclaw

USUAL = "~/.openclaw/openclaw.json"
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64")
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TERM", "NODE_EXTRA_CA_CERTS")
SECRET_WORDS = ("TOKEN", "PASSWORD", "SECRET", "_KEY", "CREDENTIAL")
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was said on the command line."""

    name: str
    config: Path | None
    user: str
    command_user: str
    read: tuple[str, ...]
    write: tuple[str, ...]
    share: tuple[str, ...]
    port: tuple[int, ...]


def users(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say as whom."""
    for option in (
        click.option("--command-user", default="openclaw-commands", show_default=True,
                     metavar="USER", help="Who its commands run as: a name or a number."),
        click.option("--user", default="openclaw", show_default=True, metavar="USER",
                     help="Who it runs as: a name or a number."),
    ):  # fmt: skip
        command = option(command)
    return command


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which gateway, as whom, with what."""
    paths = click.Path(exists=True, resolve_path=True)
    for option in (
        click.option("--port", multiple=True, type=click.IntRange(1, 65_535), metavar="PORT",
                     help="Another loopback port of this machine that it may reach."),
        click.option("--share", multiple=True, type=paths, metavar="FOLDER",
                     help="It and its commands may write here; workspaces are found."),
        click.option("--write", multiple=True, type=paths, metavar="FOLDER",
                     help="It may write here; its state folder is found."),
        click.option("--read", multiple=True, type=paths, metavar="PATH",
                     help="It may read this besides /usr; plugin folders are found."),
        users,
        click.option("--config", type=click.Path(dir_okay=False, path_type=Path),
                     help="Its openclaw.json (default: as `clawband attach` finds it)."),
        click.option("--name", default="", help="Which gateway, if there are several."),
    ):  # fmt: skip
        command = option(command)
    return command


def gateway_of(place: Place, name: str) -> GatewaySettings:
    """The one that is meant. Raises `InputError`."""
    if name and not NAME.fullmatch(name):
        raise InputError(
            f"expected a gateway name of lower-case letters, digits and `-`, got `{name[:40]}`",
            remedy="choose a name such as `shop`",
        )
    known = {each.name: each for each in place.settings.gateways}
    if not name and len(known) > 1:
        raise InputError(
            "clawband.toml names several gateways", remedy=f"add --name: {', '.join(known)}"
        )
    found = known.get(name) if name else next(iter(known.values()), None)
    return found or GatewaySettings(name=name or "gateway")


def record_of(place: Place, name: str) -> Path:
    """Where `run` says what runs."""
    return place.settings.state / "contained" / f"{name}.json"


def config_of(place: Place, wanted: Wanted) -> Path:
    found = gateway_of(place, wanted.name).config
    path = wanted.config or Path(found or os.environ.get("OPENCLAW_CONFIG_PATH") or USUAL)
    whole = path.expanduser()
    return whole if whole.is_absolute() else (place.folder / whole).absolute()


def planned(place: Place, wanted: Wanted) -> Definition:
    """The definition for this gateway. Raises `InputError` and `NotFoundError`."""
    config = config_of(place, wanted)
    found = named(openclaw.parse(text(config)))
    proxy = found.proxy_port or next(iter(wanted.port), 0)
    if not proxy:
        raise InputError(
            f"`{config}` names no proxy on this machine, so nothing could be reached",
            remedy="set `proxy.proxyUrl` to what `clawband egress address` prints",
        )
    state = os.environ.get("OPENCLAW_STATE_DIR") or str(config.parent)
    return Definition(
        name=gateway_of(place, wanted.name).name,
        gateway=account(wanted.user, "openclaw"),
        commands=account(wanted.command_user, "openclaw-commands"),
        config=str(config),
        ports=tuple(dict.fromkeys((proxy, *found.ports, *wanted.port))),
        inbound=(found.inbound,),
        **_paths(found, wanted, state),
    )


def proxy_url(config: Path) -> str:
    """`proxy.proxyUrl`; empty when there is none."""
    proxy = openclaw.parse(text(config)).get("proxy")
    return str(proxy.get("proxyUrl", "")) if isinstance(proxy, dict) else ""


def surroundings(place: Place) -> dict[str, str]:
    """Where Clawband itself is, for `containment.systemd`."""
    launcher = next(each for each in place.local.kernel().programs() if each.endswith("launcher"))
    program = shutil.which("clawband") or f"{sys.executable} -m clawband"
    return {
        "python": sys.executable,
        "spawner": f"{launcher}/spawner.py",
        "clawband": program,
        "folder": str(place.folder.absolute()),
        "state": str(place.settings.state),
    }


def _paths(found: Named, wanted: Wanted, state: str) -> dict[str, tuple[str, ...]]:
    lists = {
        "read": (*found.read, *wanted.read),
        "write": (state, *found.write, *wanted.write),
        "shared": (*found.shared, *wanted.share),
    }
    kept = {
        key: tuple(dict.fromkeys(os.path.realpath(each) for each in paths if os.path.exists(each)))
        for key, paths in lists.items()
    }
    return {**kept, "private": found.private, "sockets": found.sockets}


def account(said: str, name: str) -> Account:
    """A user by name or number. Raises `NotFoundError`."""
    if said.isdecimal():
        return Account(name, int(said), int(said))
    try:
        entry = pwd.getpwnam(said)
    except KeyError as error:
        raise NotFoundError(
            f"there is no user `{visible(said)}` on this machine",
            remedy=f"make it: `useradd --system {name}`, or name another one",
        ) from error
    return Account(said, entry.pw_uid, entry.pw_gid)


def environment(definition: Definition, extra: tuple[str, ...]) -> dict[str, str]:
    """What the gateway is started with: what it needs, and nothing that looks like a secret."""
    own = {
        name: value
        for name, value in os.environ.items()
        if name in (*KEPT, *extra)
        or (name.startswith("OPENCLAW_") and not any(word in name for word in SECRET_WORDS))
    }
    home = os.environ.get("HOME", "")
    writable = [*definition.write, *definition.shared]
    if not any(within(home, folder) for folder in writable):
        home = definition.write[0]
    return {
        **own,
        "HOME": home,
        # Else it compiles itself anew at every start: its /tmp is new each time.
        "NODE_COMPILE_CACHE": f"{definition.write[0]}/.node-compile-cache",
        "OPENCLAW_CONFIG_PATH": definition.config,
        "OPENCLAW_STATE_DIR": own.get("OPENCLAW_STATE_DIR", definition.write[0]),
    }


def runnable(definition: Definition, command: tuple[str, ...]) -> tuple[str, ...]:
    """The command with its program's whole path. Raises `InputError` when something of it would
    not be there."""
    program = shutil.which(command[0])
    if program is None:
        raise NotFoundError(f"there is no program `{visible(command[0])}`", remedy="name its path")
    seen = (*SYSTEM, *definition.read, *definition.write, *definition.shared)
    for each in (program, *command[1:]):
        real = os.path.realpath(each)
        if os.path.isabs(each) and os.path.exists(each):
            if not any(within(path, folder) for path in (each, real) for folder in seen):
                raise InputError(
                    f"`{visible(each)}` would not be there",
                    remedy="add its folder with `--read`",
                )
    return (program, *command[1:])


def within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")
