"""What is guarded of one gateway: read off its configuration, found on this machine."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clawband.adapters.filesystem.track import Identity, Track, UnclearError, follow
from clawband.model.secret import reference
from clawband.ports.machine import Ground

HOMES = ("workspace", "worktree", "sandbox")
"""How folders of the state folder begin that agents work in, unless the configuration says more."""
MOST_CONFIG_BYTES = 8 * 2**20
MOST_INCLUDES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """One gateway as settings name it. Absolute paths; empty where they do not say."""

    config: str = ""
    state: str = ""
    """Its state folder, where that is not the folder of `config`."""
    token_file: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Guarded places by identity where they exist, and by resolved path."""

    known: Mapping[Identity, Ground]
    named: Mapping[str, Ground]
    above: Mapping[Identity, Ground]
    """Folders that hold a guarded place, however deep."""
    roots: tuple[Track, ...]
    config: Track | None
    """Its backups and drafts have names that begin like it; None when it is not on this machine."""
    homes: tuple[Track, ...]
    """Workspaces that the configuration names."""


def layout(gateway: Guarded | None, own: Mapping[str, Ground], home: str) -> Layout:
    """`own` are the places of Clawband itself, `home` is what `~` is to the gateway."""
    places, homes, config = dict(own), list[str](), None
    if gateway and gateway.token_file and not reference(gateway.token_file):
        places[gateway.token_file] = Ground.CREDENTIALS
    if gateway and gateway.config and os.path.exists(gateway.config):
        folder = os.path.dirname(gateway.config)
        config = _track(gateway.config)
        said = _read(gateway.config)
        places[gateway.state or folder] = Ground.STATE
        places[gateway.config] = Ground.CONFIG
        places |= {
            _placed(each, folder, home): ground for each, ground in _said(said) if each.strip()
        }
        homes = [_placed(each, folder, home) for each in _workspaces(said)]
    found = [(track, ground) for path, ground in places.items() if (track := _track(path))]
    above: dict[Identity, Ground] = {}
    for track, ground in found:
        above |= {step: ground for step in track.identities[:-1] if step}
    return Layout(
        known={track.end: ground for track, ground in found if track.end},
        named={track.path: ground for track, ground in found},
        above=above,
        roots=tuple(track for track, _ in found),
        config=config,
        homes=tuple(track for each in homes if (track := _track(each))),
    )


def _track(path: str) -> Track | None:
    try:
        return follow(path)
    except UnclearError:
        return None


def _read(path: str) -> Any:
    """The configuration, as far as it is plain JSON; what is not says nothing more."""
    try:
        if os.path.getsize(path) > MOST_CONFIG_BYTES:
            return {}
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}


def _placed(path: str, folder: str, home: str) -> str:
    if home and (path == "~" or path.startswith("~/")):
        return home + path[1:]
    return os.path.join(folder, path)


def _said(config: Any) -> Iterator[tuple[str, Ground]]:
    """Further places that the configuration names."""
    plugins = _inner(config, "plugins")
    for path in _texts(_inner(plugins, "load").get("paths")):
        yield path, Ground.PLUGIN
    for entry in _inner(plugins, "entries").values():
        given = _inner(entry, "config")
        for key in ("credentialFile", "socket", "tlsFolder"):
            yield from ((path, Ground.CREDENTIALS) for path in _texts([given.get(key)]))
    for path in _includes(config):
        yield path, Ground.CONFIG


def _includes(config: Any) -> list[str]:
    found: list[str] = []
    left = [config]
    while left and len(found) < MOST_INCLUDES:
        item = left.pop()
        if isinstance(item, dict):
            named = item.get("$include")
            found += _texts(named if isinstance(named, list) else [named])
            left += item.values()
        elif isinstance(item, list):
            left += item
    return found


def _workspaces(config: Any) -> Iterator[str]:
    agents = _inner(config, "agents")
    listed = agents.get("list")
    entries = [*_inner(agents, "entries").values(), *(listed if isinstance(listed, list) else ())]
    for each in (_inner(agents, "defaults"), *entries):
        yield from _texts([each.get("workspace")] if isinstance(each, dict) else ())


def _inner(value: Any, key: str) -> Mapping[str, Any]:
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _texts(value: Any) -> list[str]:
    return (
        [each for each in value if isinstance(each, str) and "\0" not in each]
        if isinstance(value, list | tuple)
        else []
    )
