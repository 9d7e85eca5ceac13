"""What one contained gateway may see, write and reach."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from posixpath import dirname, isabs, normpath
from typing import Any
from urllib.parse import urlsplit

from clawband.model.errors import InputError

PORT = 18_789
"""OpenClaw's own, where its configuration names none."""
LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
NETWORK = (10, 86)
"""The links' addresses: 10.86.a.b/30, one /30 for each contained gateway."""
DOOR = "/run/clawband/commands-of-{uid}.sock"
"""Where the launcher of this user hands its commands over (`launcher/handover.py`)."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user and its group, by number."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Link:
    """The veth pair of the contained gateway number `index` (0 to 16383) of this machine."""

    index: int

    @property
    def outside(self) -> str:
        """The proxy's address, on the machine's end."""
        return self._address(1)

    @property
    def inside(self) -> str:
        return self._address(2)

    @property
    def device(self) -> str:
        """The machine's end; the other one is called `eth0` in there."""
        return f"clawband{self.index}"

    def _address(self, last: int) -> str:
        number = self.index * 4 + last
        return ".".join(map(str, (*NETWORK, number >> 8, number & 255)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Paths are absolute and the same inside and outside. What is not named is not there.

    `ports`: loopback ports of this machine that it reaches as its own loopback, the egress proxy's
    first. `inbound`: its own loopback ports that this machine reaches. `shared`: folders that
    commands see too, as theirs. `private`: files it gets a copy of. `sockets`: unix sockets of
    this machine that answer inside.
    """

    name: str
    gateway: Account
    commands: Account
    config: str
    ports: tuple[int, ...]
    inbound: tuple[int, ...] = (PORT,)
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    sockets: tuple[str, ...] = ()

    @property
    def door(self) -> str:
        """Where the gateway's commands go."""
        return DOOR.format(uid=self.gateway.uid)

    def __post_init__(self) -> None:
        for path in (*self.read, *self.write, *self.shared, *self.private, *self.sockets):
            if not isabs(path) or normpath(path) != path or path == "/":
                raise InputError(
                    f"expected an absolute path without `..` and links, got `{path[:100]}`",
                    remedy="name the folder itself; never the root",
                )
        for account in (self.gateway, self.commands):
            if account.uid == 0 or account.gid == 0:
                raise InputError(
                    f"`{account.name}` is root, expected a user without rights",
                    remedy="make one: `useradd --system openclaw`",
                )
        if self.gateway.uid == self.commands.uid:
            raise InputError(
                f"the gateway and its commands are both `{self.gateway.name}`",
                remedy="make another user for commands: `useradd --system openclaw-commands`",
            )
        if not self.ports:
            raise InputError("no proxy port is given", remedy="set `egress_port`")


@dataclass(frozen=True, slots=True)
class Named:
    """What an `openclaw.json` names that matters here."""

    proxy_port: int
    """Of `proxy.proxyUrl` on loopback; 0 when there is none."""
    ports: tuple[int, ...]
    """Other loopback ports it speaks to: model providers, channels."""
    inbound: int
    read: tuple[str, ...]
    """Plugin folders."""
    write: tuple[str, ...]
    """Folders of log files."""
    shared: tuple[str, ...]
    """Workspaces."""
    private: tuple[str, ...]
    """The credential of our plugin."""
    sockets: tuple[str, ...]


def named(config: Mapping[str, Any]) -> Named:
    """Read an `openclaw.json`. Whatever has another shape than expected is left out."""
    plugins, agents = _part(config, "plugins"), _part(config, "agents")
    guard = _part(_part(_part(plugins, "entries"), "clawband"), "config")
    workspaces = [_part(agents, "defaults").get("workspace")]
    workspaces += [_as(each).get("workspace") for each in _part(agents, "entries").values()]
    urls = [_part(config, "models"), _part(config, "channels"), guard.get("url")]
    proxy = _loopback_port(_part(config, "proxy").get("proxyUrl"))
    port = _part(config, "gateway").get("port", PORT)
    log = _part(config, "logging").get("file")
    return Named(
        proxy_port=proxy,
        ports=tuple(sorted({each for each in map(_loopback_port, _texts(urls)) if each} - {proxy})),
        inbound=port if isinstance(port, int) else PORT,
        read=_paths(_texts(_part(plugins, "load").get("paths"))),
        write=_paths([dirname(log)] if isinstance(log, str) else []),
        shared=_paths(workspaces),
        private=_paths([guard.get("credentialFile")]),
        sockets=_paths([guard.get("socket")]),
    )


def _part(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return _as(value.get(key))


def _as(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> list[str]:
    """Every text somewhere inside."""
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, Mapping) else value
    if not isinstance(inside, Iterable) or isinstance(inside, bytes):
        return []
    return [text for each in inside for text in _texts(each)]


def _paths(found: Iterable[object]) -> tuple[str, ...]:
    kept = {normpath(each): None for each in found if isinstance(each, str) and isabs(each)}
    return tuple(kept)


def _loopback_port(value: object) -> int:
    if not isinstance(value, str) or "://" not in value:
        return 0
    try:
        url = urlsplit(value)
        return (url.port or 80) if url.hostname in LOOPBACK else 0
    except ValueError:
        return 0
