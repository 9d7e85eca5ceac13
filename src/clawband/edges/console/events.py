"""One event: why, and can I prove it?"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from clawband.edges.console import commands, lineage, seen, words
from clawband.edges.console.activity import address
from clawband.edges.console.visit import Visit
from clawband.edges.console.when import after
from clawband.flows.sight import about
from clawband.flows.walk import Step, Walk
from clawband.identity.roles import Act
from clawband.model.errors import NotFoundError
from clawband.model.event import Event, Leaf

_IDS = ("session", "run", "call", "message", "trace")
_SHOWN_ELSEWHERE = frozenset(
    {
        "reasons", "because", "remedy", "payload", "integrity", "confidentiality", "sources",
        "approval", "problem", "origins", "endorsable",
    }
)  # fmt: skip
STEPS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A step of the walk in words. `loose`: no id joins it, only its session and the time."""

    row: words.Row
    after: str
    """How long after the first step."""
    depth: int
    loose: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a signed checkpoint covers the leaf."""

    sealed: bool
    size: int
    key: str


async def show(visit: Visit) -> Response:
    leaf = await _leaf(visit)
    event = leaf.event
    walked = await visit.sees.walk(event.id)
    digest = str(event.detail.get("payload", ""))
    readable = visit.sees.may(Act.READ_PAYLOAD, about(event))
    body = await visit.sees.payload(digest, about(event)) if digest and readable else None
    detail = event.detail
    account = await lineage.story(visit, event.id)
    return await visit.show(
        "event.html",
        event=event,
        row=words.row(leaf),
        reasons=_reasons(event),
        remedies=account.remedies if account else _remedies(detail),
        account=account,
        read_shown=lineage.READ_SHOWN,
        approval=str(detail.get("approval", "")),
        label=words.label(detail),
        sources=words.texts(detail.get("sources")),
        ids=[
            (key, value, address(f"{key}={value}"))
            for key in _IDS
            if (value := getattr(event, key))
        ],
        rest=_rest(detail),
        has_payload=bool(digest),
        readable=readable,
        arguments=seen.arguments(body),
        exact=seen.exact(body),
        steps=_steps(walked, event.id),
        more_steps=max(0, len(walked.steps) - STEPS_SHOWN),
        proof=await _proof(visit, leaf),
        explain_line=commands.explain(event.id),
        walk_line=commands.walk(event.id),
        prove_line=commands.prove(event.id),
    )


async def proof(visit: Visit) -> Response:
    """The proof as a file, which `clawband audit verify` and any other verifier can check."""
    leaf = await _leaf(visit)
    body = await visit.sees.prove(leaf.event.id)
    headers = {"content-disposition": f'attachment; filename="{leaf.event.id}.proof.json"'}
    return Response(body, media_type="application/json", headers=headers)


async def _leaf(visit: Visit) -> Leaf:
    named = visit.part("id")
    leaf = await visit.sees.leaf(named)
    if leaf is None:
        raise NotFoundError(
            f"the log has no event `{named[:60]}`",
            remedy="copy the whole id, or search for it in the activity",
        )
    return leaf


async def _proof(visit: Visit, leaf: Leaf) -> Proof:
    kept = await asyncio.to_thread(visit.service.running.store.checkpoints)
    size = kept[-1].size if kept else 0
    return Proof(leaf.index < size, size, visit.service.log.key)


def _reasons(event: Event) -> Sequence[tuple[str, str]]:
    policies = words.texts(event.detail.get("reasons"))
    because = words.texts(event.detail.get("because"))
    return list(zip(policies, because, strict=False))


def _remedies(detail: Mapping[str, object]) -> Sequence[str]:
    remedy = str(detail.get("remedy", ""))
    return (remedy,) if remedy else ()


def _rest(detail: Mapping[str, object]) -> Sequence[tuple[str, str]]:
    return [
        (
            key.replace("_", " "),
            ", ".join(map(str, value)) if isinstance(value, list) else str(value),
        )
        for key, value in detail.items()
        if key not in _SHOWN_ELSEWHERE
    ]


def _steps(walked: Walk, here: str) -> Sequence[Shown]:
    """The steps around this one, when there are too many to show."""
    place = next((n for n, step in enumerate(walked.steps) if step.leaf.event.id == here), 0)
    first = max(0, min(place - STEPS_SHOWN // 2, len(walked.steps) - STEPS_SHOWN))
    shown = walked.steps[first : first + STEPS_SHOWN]
    return [_step(step, shown[0], here) for step in shown]


def _step(step: Step, first: Step, here: str) -> Shown:
    event = step.leaf.event
    passed = after(event.at, first.leaf.event.at)
    loose = step.joined == "session and time"
    return Shown(words.row(step.leaf), passed, step.depth, loose, event.id == here)
