"""What putting a gateway under guard changes in its `openclaw.json`, and how it is undone.

Pure: JSON values in, JSON values out. Touched are `plugins`: the folder of our plugin in
`load.paths`, its entry in `entries`, and its id in `allow` where such a list exists; where the
egress proxy is wanted, `proxy.proxyUrl` and the settings that let nothing pass beside it; and,
where secrets are, our entry in `secrets.providers`.
Policy never travels here: OpenClaw may go on with an old configuration when a reload fails.
"""

import copy
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from difflib import unified_diff
from typing import Any

from clawband.model.errors import InputError
from clawband.openclaw.placed import at, back, put

ID = "clawband"
PROVIDER = ("secrets", "providers", ID)
"""Our exec provider."""
_PATIENCE = {"timeoutMs": 15_000, "maxOutputBytes": 20_000_000}
HOST_LIMIT_MS = 600_000
"""OpenClaw's longest budget for a hook. The hooks on the way out fail open when it is over, so
that our own deadline must always come first."""
OUTBOUND = ("message_sending", "reply_payload_sending")

Config = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """Our plugin as one gateway gets it. Absolute paths."""

    folder: str
    socket: str
    credential_file: str
    deadline_ms: int = 1000
    proxy: str = ""
    """Address of the egress proxy with this gateway's password; empty for none."""
    provider: tuple[str, ...] = ()
    """The program that tells it its secrets, with its arguments; empty for none."""

    @property
    def entry(self) -> Config:
        """`plugins.entries.clawband`."""
        return {
            "enabled": True,
            "config": {
                "socket": self.socket,
                "credentialFile": self.credential_file,
                "deadlineMs": self.deadline_ms,
            },
            "hooks": {
                "allowConversationAccess": True,
                "timeouts": dict.fromkeys(OUTBOUND, HOST_LIMIT_MS),
            },
        }

    @property
    def fragment(self) -> Config:
        """What a person pastes who writes the file by hand."""
        fragment: Config = {
            "plugins": {"load": {"paths": [self.folder]}, "entries": {ID: self.entry}}
        }
        for way, value in self.beside:
            put(fragment, way, value)
        return fragment

    @property
    def beside(self) -> tuple[tuple[tuple[str, ...], Any], ...]:
        """Where in the configuration beside `plugins`, and what. `web_fetch` must not look up
        names by itself."""
        network = (
            (("proxy", "proxyUrl"), self.proxy),
            (("proxy", "loopbackMode"), "gateway-only"),
            (("tools", "web", "fetch", "useTrustedEnvProxy"), True),
        )
        secrets = ((PROVIDER, _provider(*self.provider)),) if self.provider else ()
        return (*(network if self.proxy else ()), *secrets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What `attach` did, so that exactly that can be taken back."""

    folder: str
    path_added: bool
    allow_added: bool
    previous: Config | None
    """The entry that was there before."""
    created: tuple[str, ...]
    """Objects and lists that did not exist: `plugins`, `plugins.load` and so on."""
    beside: tuple[tuple[str, Any], ...] = ()
    """What stood beside `plugins` where something was set, by dotted name; None where nothing
    did."""

    def has(self, *way: str) -> bool:
        """Whether something was set there or below it."""
        return any(dotted.split(".")[: len(way)] == list(way) for dotted, _ in self.beside)

    def as_json(self) -> Config:
        return asdict(self)

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "Undo":
        """Raises `InputError` for what `as_json` did not write."""
        try:
            return cls(
                folder=str(value["folder"]),
                path_added=bool(value["path_added"]),
                allow_added=bool(value["allow_added"]),
                previous=None if value["previous"] is None else dict(value["previous"]),
                created=tuple(str(each) for each in value["created"]),
                beside=tuple((str(name), was) for name, was in value.get("beside", ())),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                "the note of what attach changed cannot be read",
                remedy="take `clawband` out of `plugins` in openclaw.json by hand",
            ) from error


def attach(config: Mapping[str, Any], plugin: Plugin) -> tuple[Config, Undo]:
    """The configuration with our plugin in it. Raises `InputError` where it could not run."""
    after = copy.deepcopy(dict(config))
    created: list[str] = []
    plugins = _object(after, "plugins", "plugins", created)
    _refuse_shut(plugins)
    load = _object(plugins, "load", "plugins.load", created)
    paths = _list(load, "paths", "plugins.load.paths", created)
    path_added = plugin.folder not in paths
    if path_added:
        paths.append(plugin.folder)
    entries = _object(plugins, "entries", "plugins.entries", created)
    previous = entries.get(ID)
    entries[ID] = plugin.entry
    allow_added = False
    if "allow" in plugins:
        allow = _list(plugins, "allow", "plugins.allow", created)
        allow_added = ID not in allow
        if allow_added:
            allow.append(ID)
    before = tuple((".".join(way), at(config, way)) for way, _ in plugin.beside)
    for way, value in plugin.beside:
        put(after, way, value)
    return after, Undo(
        beside=before,
        folder=plugin.folder,
        path_added=path_added,
        allow_added=allow_added,
        previous=previous if isinstance(previous, dict) else None,
        created=tuple(created),
    )


def detach(config: Mapping[str, Any], undo: Undo) -> Config:
    """The configuration without what `attach` put in; every other edit stays."""
    after = copy.deepcopy(dict(config))
    for dotted, was in undo.beside:
        back(after, tuple(dotted.split(".")), was)
    plugins = after.get("plugins")
    if not isinstance(plugins, dict):
        return after
    load, entries, allow = plugins.get("load"), plugins.get("entries"), plugins.get("allow")
    if undo.path_added and isinstance(load, dict) and isinstance(load.get("paths"), list):
        load["paths"] = [path for path in load["paths"] if path != undo.folder]
    if isinstance(entries, dict) and ID in entries:
        if undo.previous is None:
            del entries[ID]
        else:
            entries[ID] = undo.previous
    if undo.allow_added and isinstance(allow, list):
        plugins["allow"] = [each for each in allow if each != ID]
    for name in reversed(undo.created):
        _remove_empty(after, name.split("."))
    return after


def is_attached(config: Mapping[str, Any], plugin: Plugin) -> bool:
    """Whether a configuration that was read back really has our plugin in it."""
    try:
        after, _ = attach(config, plugin)
    except InputError:
        return False
    return after == config


def parse(text: str) -> Config:
    """An `openclaw.json` that can be written back without loss. Raises `InputError`.

    OpenClaw reads JSON5. Comments and other liberties would be lost, so they are refused here.
    """
    try:
        config = json.loads(text, object_pairs_hook=_once)
    except RecursionError as error:
        raise InputError("the file is nested too deeply") from error
    except ValueError as error:
        raise InputError(
            f"the file is not plain JSON ({error}): comments would be lost by writing it",
            remedy="paste the fragment by hand, or let attach go through the running gateway",
        ) from error
    if not isinstance(config, dict):
        raise InputError("the file does not hold an object", remedy="name an openclaw.json")
    return config


def render(config: Mapping[str, Any], like: str) -> str:
    """JSON text in the manner of `like`: its indentation and its last newline."""
    lines = like.splitlines()
    second = lines[1] if len(lines) > 1 else "  "
    indent = second[: len(second) - len(second.lstrip())] or "  "
    text = json.dumps(config, indent=indent, ensure_ascii=False)
    return text + ("\n" if like.endswith("\n") else "")


def difference(before: str, after: str, name: str) -> list[str]:
    """A unified diff, line by line."""
    old, new = before.splitlines(), after.splitlines()
    return list(unified_diff(old, new, name, f"{name} (attached)", lineterm=""))


def _provider(command: str, *arguments: str) -> Config:
    return {"source": "exec", "command": command, "args": list(arguments), **_PATIENCE}


def _object(parent: Config, key: str, name: str, created: list[str]) -> Config:
    if key not in parent:
        parent[key] = {}
        created.append(name)
    value = parent[key]
    if not isinstance(value, dict) or "$include" in value:
        raise InputError(
            f"expected `{name}` to be an object in this file, got another value or an include",
            remedy="paste the fragment where it belongs by hand",
        )
    return value


def _list(parent: Config, key: str, name: str, created: list[str]) -> list[Any]:
    if key not in parent:
        parent[key] = []
        created.append(name)
    value = parent[key]
    if not isinstance(value, list):
        raise InputError(f"expected `{name}` to be a list", remedy="correct the file")
    return value


def _refuse_shut(plugins: Config) -> None:
    deny = plugins.get("deny")
    if plugins.get("enabled") is False or (isinstance(deny, list) and ID in deny):
        raise InputError(
            "this gateway does not load our plugin: `plugins.enabled` is false or "
            "`plugins.deny` names `clawband`",
            remedy="change that in openclaw.json, then attach again",
        )


def _remove_empty(config: Config, path: list[str]) -> None:
    parent: Any = config
    for key in path[:-1]:
        parent = parent.get(key) if isinstance(parent, dict) else None
    if isinstance(parent, dict) and parent.get(path[-1]) in ({}, []):
        del parent[path[-1]]


def _once(pairs: list[tuple[str, Any]]) -> Config:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found
