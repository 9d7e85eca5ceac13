"""Policy: what is in force, what changed, who agreed?"""

from collections.abc import Sequence
from itertools import groupby

from starlette.responses import Response

from clawband.edges.console import commands
from clawband.edges.console.seen import short
from clawband.edges.console.visit import Visit
from clawband.model.errors import ConflictError
from clawband.policy.language import Policy
from clawband.ports.unit import ActivatePolicy

ACTIVATIONS = 10
"""The newest, each with what it changed; the command line has more."""


async def show(visit: Visit) -> Response:
    policies = visit.service.policies
    work = visit.service.policy_work
    past = await work.history(visit.me, ACTIVATIONS)
    earlier = _earlier([each.activation for each in past])
    active = policies.active
    return await visit.show(
        "policy.html",
        active=active,
        problem=policies.problem,
        past=past,
        earlier=earlier,
        told=work.words(visit.me),
        groups=_grouped(active.policies if active else ()),
        command=commands.roll_back(),
        more=commands.line("policy", "history", "--words"),
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


def _grouped(policies: Sequence[Policy]) -> Sequence[tuple[str, Sequence[Policy]]]:
    """By the first part of their ids: the baseline, then each workflow."""
    ordered = sorted(policies, key=lambda each: (_group(each) != "baseline", each.id))
    return [(name, list(found)) for name, found in groupby(ordered, key=_group)]


def _group(policy: Policy) -> str:
    return policy.id.partition("/")[0]
