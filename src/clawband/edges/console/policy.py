"""Policy: what is in force, what changed, who agreed?"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from starlette.responses import Response

from clawband.edges.console import commands
from clawband.edges.console.seen import short
from clawband.edges.console.visit import Visit
from clawband.model.errors import ConflictError, Error
from clawband.policy.language import Policy
from clawband.ports.unit import ActivatePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What differs between two policy sets, by file."""

    added: Sequence[str]
    removed: Sequence[str]
    altered: Sequence[str]


async def show(visit: Visit) -> Response:
    policies = visit.service.policies
    history = await asyncio.to_thread(visit.service.running.store.activations)
    earlier = _earlier(history)
    changed = await asyncio.to_thread(_changed, visit, earlier) if earlier else None
    active = policies.active
    return await visit.show(
        "policy.html",
        active=active,
        problem=policies.problem,
        history=history,
        earlier=earlier,
        changed=changed,
        groups=_grouped(active.policies if active else ()),
        command=commands.roll_back(),
    )


async def roll_back(visit: Visit) -> Response:
    active = visit.service.policies.active
    expected = visit.fields.get("active", "")
    if expected != (active.digest if active else ""):
        raise ConflictError(
            "another policy set came into force since you opened the page",
            remedy="look at what is in force now, then decide again; nothing was changed",
        )
    restored = await visit.service.policies.roll_back(visit.me)
    return visit.done("/policy", f"The policy set `{short(restored.digest)}` is in force again.")


def _earlier(history: Sequence[ActivatePolicy]) -> ActivatePolicy | None:
    """What a roll-back would go back to."""
    return next((each for each in history[1:] if each.digest != history[0].digest), None)


def _changed(visit: Visit, earlier: ActivatePolicy) -> Changed | None:
    active = visit.service.policies.active
    if active is None:
        return None
    try:
        before = visit.service.running.shelf.files(earlier.digest)
    except Error:
        return None
    return _compared(before, active.files)


def _compared(before: Mapping[str, str], after: Mapping[str, str]) -> Changed:
    return Changed(
        added=sorted(set(after) - set(before)),
        removed=sorted(set(before) - set(after)),
        altered=sorted(name for name in set(before) & set(after) if before[name] != after[name]),
    )


def _grouped(policies: Sequence[Policy]) -> Sequence[tuple[str, Sequence[Policy]]]:
    """By the first part of their ids: the baseline, then each workflow."""
    ordered = sorted(policies, key=lambda each: (_group(each) != "baseline", each.id))
    return [(name, list(found)) for name, found in groupby(ordered, key=_group)]


def _group(policy: Policy) -> str:
    return policy.id.partition("/")[0]
