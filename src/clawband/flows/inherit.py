"""What comes over from one session into another, by a message of its agent or a session tool.

Such a text is made of everything that the other session has read. So its label comes along, and
what policy knows of its history; authority does not.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clawband.labels import lattice
from clawband.model.access import Action, Authority, Circumstances, Request, scoped
from clawband.model.label import Label
from clawband.model.provenance import Reading, ReadingKind
from clawband.openclaw.hooks import is_spawned
from clawband.ports.store import State

NOT_KNOWN = ""
"""The other session, when nobody can say which one it is."""
TELLING = frozenset({"sessions_send", "sessions_history", "sessions_search", "agents_wait"})
"""Tools of OpenClaw that return what was said in the sessions they name."""
LISTING = "sessions_list"
_KEYS = ("sessionKey", "childSessionKey", "key")
_PREVIEWS = frozenset({"messages", "lastMessagePreview", "derivedTitle"})


def others(request: Request, state: State) -> frozenset[str]:
    """The sessions that a message or a result comes from, besides this one."""
    if request.action is Action.RECEIVE:
        return _senders(request, state)
    if request.action is Action.RESULT and request.resource.id in TELLING | {LISTING}:
        named = _named(request)
        found = (scoped(request.principal.gateway, each) for each in named)
        return frozenset(found) - {request.session}
    return frozenset()


def label(request: Request, state: State) -> Label:
    """What those sessions carry."""
    found = (state.label(each) or lattice.UNKNOWN for each in others(request, state))
    return lattice.join_all(found)


def history(request: Request, state: State) -> frozenset[str]:
    """What those sessions have read and this one has not, as in `Circumstances.history`."""
    read = [state.sources(each).history for each in others(request, state)]
    return frozenset[str]().union(*read) - state.sources(request.session).history


def readings(known: Circumstances, decision: str, now: datetime) -> Iterator[Reading]:
    """One reading without a text for each tool that one of those sessions has read from."""
    facts = [each.partition(":") for each in sorted(known.inherited)]
    tags = tuple(name for kind, _, name in facts if kind == "tag")
    tools = [name for kind, _, name in facts if kind == "tool"] or ["session"] * bool(tags)
    for tool in tools:
        yield Reading(
            id=f"{decision}+{tool}", at=now, kind=ReadingKind.DATA, tags=tags,
            source=f"{tool}:read in another session", label=known.brought or known.label,
        )  # fmt: skip


def _senders(request: Request, state: State) -> frozenset[str]:
    """The sessions whose agents wrote a message; empty when no agent did.

    A gateway does not name the session that spawned another, but both act under one trace.
    """
    trace, gateway = request.trace, request.principal.gateway
    if trace.sender:
        return frozenset({scoped(gateway, trace.sender)})
    if request.requester.authority is not Authority.UNKNOWN:
        return frozenset()
    found = state.acted(scoped(gateway, trace.trace)) - {request.session}
    return found or frozenset({NOT_KNOWN} if is_spawned(trace.session) else ())


def _named(request: Request) -> frozenset[str]:
    """The sessions in a result; a list of sessions only tells of those it quotes."""
    text, is_list = str(request.arguments.get("text") or ""), request.resource.id == LISTING
    try:
        found = frozenset(_keys(json.loads(text), is_list))
    except (ValueError, RecursionError):
        return frozenset({NOT_KNOWN})
    return found or frozenset(() if is_list else {NOT_KNOWN})


def _keys(node: Any, is_list: bool) -> Iterator[str]:
    if isinstance(node, dict):
        if not is_list or _PREVIEWS & node.keys():
            yield from (str(node[key]) for key in _KEYS if isinstance(node.get(key), str))
        node = list(node.values())
    for each in node if isinstance(node, list) else ():
        yield from _keys(each, is_list)
