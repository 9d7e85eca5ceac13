"""Work on policy over the operators' API: what a set would change, in plain words, and
what it would have answered."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request

from clawband.audit.entry import stamp
from clawband.edges.api import asked
from clawband.edges.api.routing import Table
from clawband.model.errors import InputError
from clawband.model.person import SignedIn
from clawband.policy.compare import Change
from clawband.service.policy_work import DECISIONS, MOST, MOST_DECISIONS
from clawband.service.service import Service


async def _words(service: Service, _request: Request, signed: SignedIn) -> Any:
    return {
        "workflows": [
            {
                "name": each.name, "owner": each.owner, "purpose": each.purpose,
                "agents": each.agents, "may": each.may, "bounds": each.bounds,
            }
            for each in service.policy_work.words(signed)
        ]
    }  # fmt: skip


async def _diff(service: Service, request: Request, signed: SignedIn) -> Any:
    found = await service.policy_work.diff(files(await _body(request)), signed)
    return {"digest": found.digest, "changes": told(found.changes)}


async def _history(service: Service, request: Request, signed: SignedIn) -> Any:
    found = await service.policy_work.history(signed, asked.limit(request, MOST, MOST))
    return {
        "history": [
            {
                "digest": each.activation.digest, "by": each.activation.by,
                "at": stamp(each.activation.at), "note": each.activation.note,
                "changes": told(each.changes), "problem": each.problem,
            }
            for each in found
        ]
    }  # fmt: skip


async def _replay(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await _body(request)
    since, limit = asked.since(body), asked.count(body, "limit", DECISIONS)
    if not 0 < limit <= MOST_DECISIONS:
        raise InputError(f"expected `limit` from 1 to {MOST_DECISIONS}")
    return asdict(await service.policy_work.replay(files(body), signed, since, limit))


async def _draft(service: Service, request: Request, signed: SignedIn) -> Any:
    body = await _body(request)
    agent, learn = asked.text(body, "agent"), body.get("learn", False)
    if not isinstance(learn, bool):
        raise InputError("expected `learn` to be true or false")
    found = await service.policy_work.draft(agent, signed, asked.since(body), learn=learn)
    changes = None if found.changes is None else told(found.changes)
    return {
        "file": found.file, "text": found.text, "decisions": found.decisions,
        "refused": found.refused, "changes": changes,
    }  # fmt: skip


ROUTES: Table = (
    ("/policy/words", "GET", _words),
    ("/policy/history", "GET", _history),
    ("/policy/diff", "POST", _diff),
    ("/policy/replay", "POST", _replay),
    ("/policy/draft", "POST", _draft),
)


def told(changes: Iterable[Change]) -> list[dict[str, Any]]:
    return [
        {"says": each.says, "direction": str(each.direction), "agents": each.agents}
        for each in changes
    ]


def files(body: dict[str, Any]) -> dict[str, str]:
    """The texts of a set by file name. Raises `InputError`."""
    given = body.get("files")
    if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
        raise InputError("expected `files` to be texts by file name", remedy="send them")
    return given


async def _body(request: Request) -> dict[str, Any]:
    body: dict[str, Any] = await asked.fields(request)
    return body
