"""What is known of an agent's files, and the label that reading them brings.

OpenClaw puts some files into every prompt without any hook; those count as read by every session.
"""

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from clawband.labels import lattice
from clawband.model.access import Request
from clawband.model.label import Integrity, Label
from clawband.model.provenance import Place
from clawband.openclaw.places import carries, is_told
from clawband.ports.store import State

STANDING = frozenset({"instructions", "identity", "skill"})
"""What is told to later sessions. Plain memory is only looked up, so it is only labelled."""
ANYWHERE = "*"
"""The place of a command: it may have written to any file."""
READERS = frozenset({"read", "memory_get"})
SEARCHES = frozenset({"memory_search"})
"""Tools of OpenClaw that return what is in the agent's own files."""
REMEMBERED = 65_536
"""Paths whose names were read already: every file of an agent is looked at for each reading."""


def standing(state: State, agent: str) -> Label:
    """What the gateway puts into every prompt of this agent; no hook shows it."""
    found = (each for each in state.places(agent) if not each.quarantine)
    told = (each for each in found if _stands(each.path))
    return lattice.join_all(replace(each.label, sources=frozenset({each.path})) for each in told)


def carried(state: State, agent: str, paths: Iterable[str]) -> Label:
    """What reading these files brings besides what the tool declares."""
    return lattice.join_all(each.label for path in paths for each in known_as(state, agent, path))


def of_result(request: Request, declared: Label, state: State) -> Label:
    """The label of a tool's result, with what is known of the files it was read from.

    What OpenClaw's own readers return of a file that the agent wrote in a clean session, or that
    is in every prompt anyway, is no worse than that file; of any other the origin is unknown.
    """
    agent, tool = request.principal.id, request.resource.id
    paths = _found_in(request) if tool in SEARCHES else request.facts.named
    if paths is None:
        return lattice.join(declared, lattice.join_all(each.label for each in state.places(agent)))
    label = carried(state, agent, paths)
    own = (tool in READERS and paths) or tool in SEARCHES
    if own and all(_is_ours(state, agent, each) for each in paths):
        declared = replace(declared, integrity=min(label.integrity, Integrity.SYSTEM))
    return lattice.join(declared, label)


def _is_ours(state: State, agent: str, path: str) -> bool:
    """Known since its last write: no command ran in between that may have changed it."""
    if is_told(path):
        return True
    found, command = known_as(state, agent, path), state.place(agent, ANYWHERE)
    return bool(found) and all(command is None or each.at > command.at for each in found)


def known_as(state: State, agent: str, path: str) -> tuple[Place, ...]:
    """The file under this name and under every other that may be the same one."""
    name, tail, exact = _folded(path), _tail(path), state.place(agent, path)
    alike = tuple(
        each
        for each in state.places(agent)
        if _tail(each.path) == tail and _alike(_folded(each.path), name)
    )
    return alike or ((exact,) if exact else ())


def _alike(one: str, other: str) -> bool:
    """Where the workspace is may be unknown, so an absolute path may be a file in it."""
    return one == other or one.endswith(f"/{other}") or other.endswith(f"/{one}")


def _found_in(request: Request) -> frozenset[str] | None:
    """The files that a search of memory quotes; None when its result cannot be read."""
    try:
        results = json.loads(str(request.arguments.get("text") or ""))["results"]
        return frozenset(str(each["path"]) for each in results)
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def _folded(path: str) -> str:
    return unicodedata.normalize("NFKC", path).casefold().removeprefix("~")


@lru_cache(REMEMBERED)
def _tail(path: str) -> str:
    return _folded(path).rpartition("/")[2]


@lru_cache(REMEMBERED)
def _stands(path: str) -> bool:
    return bool(carries(path) & STANDING)
