"""Budgets are spent: what a call would use, and what is written when it is permitted.

A permit is what spends, in its own unit of work; a refused call, a held one, and the wrapper pass
of tool search spend nothing. A held call reserves nothing either: whoever asks could otherwise
lock the budget of all others for hours with calls that nobody approves. So a budget is looked at
again when an approved call runs. What was permitted stays spent, also when the tool then fails:
nobody can prove that nothing moved.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from clawband.flows.kept import Kind
from clawband.model.access import Action, Request, Requester, ResourceKind
from clawband.model.budget import Budget, Standing
from clawband.model.deployment import Workflow
from clawband.model.digest import digest
from clawband.model.window import Window
from clawband.openclaw.facts import UNREADABLE_AMOUNT
from clawband.ports.store import Documents
from clawband.ports.unit import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What was used of one budget, for one of those that it is for."""

    workflow: str
    budget: str
    per: str
    key: str
    unit: str
    seconds: int
    window: Window


SHOWN = 50
REMEMBERED = 4_096
KIND = Kind("budget", Spent, ahead=True)


def standings(
    request: Request, workflow: Workflow | None, documents: Documents, now: datetime
) -> tuple[Standing, ...]:
    """Of the budgets that this call counts for, before it does."""
    if workflow is None or not workflow.budgets or not _counts(request):
        return ()
    found = []
    for budget in covering(request, workflow):
        key = whose(budget, request.requester, request.principal.id, request.resource.id)
        asked = _asked(request, budget)
        found.append(standing(budget, workflow.name, key, documents, now, asked=asked))
    return tuple(found)


def covering(request: Request, workflow: Workflow) -> Iterator[Budget]:
    """Those for this tool. One in another currency leaves the call to the one in the call's own."""
    tool, named = request.resource.id, request.facts.currency
    here = [each for each in workflow.budgets if not each.tools or tool in each.tools]
    own = {each.currency for each in here}
    for budget in here:
        if budget.currency in ("", named) or not named or named not in own:
            yield budget


def standing(
    budget: Budget,
    workflow: str,
    key: str,
    documents: Documents,
    now: datetime,
    *,
    asked: int | None = 0,
) -> Standing:
    """How a budget stands for one of those that it is for."""
    kept = KIND.find(_id(budget, workflow, key), documents)
    window, seconds = kept.value.window if kept else Window(), budget.seconds
    used = window.used(now, seconds)
    fits = None
    if asked and used + asked > budget.most:
        fits = window.free(asked, budget.most, now, seconds)
    return Standing(workflow=workflow, budget=budget, key=key, used=used, asked=asked, fits=fits)


def spend(
    request: Request, before: Sequence[Standing], documents: Documents, now: datetime
) -> Iterator[Change]:
    """What a permit of this call writes. A later decision sees it at once; two that read the same
    do not both become durable."""
    for each in () if request.preview else before:
        if not each.asked:
            continue
        budget, workflow = each.budget, each.workflow
        name = _id(budget, workflow, each.key)
        kept = KIND.find(name, documents)
        window = kept.value.window if kept else Window()
        value = Spent(
            workflow=workflow, budget=budget.name, per=budget.per, key=each.key,
            unit=budget.unit, seconds=budget.seconds,
            window=window.plus(each.asked, now, budget.seconds),
        )  # fmt: skip
        yield KIND.replace(kept, value) if kept else KIND.new(name, value)


def whose(budget: Budget, requester: Requester, agent: str, tool: str) -> str:
    """Who or what of a call has this budget; empty for the whole workflow."""
    return {
        "agent": agent, "requester": requester.id, "tool": tool, "channel": requester.channel,
    }.get(budget.per, "")  # fmt: skip


def after(each: Standing) -> Standing:
    """When what it asked is spent."""
    return replace(each, used=each.used + (each.asked or 0))


def forgotten(documents: Documents, now: datetime) -> Iterator[Change]:
    """Drops what no longer counts."""
    for kept in KIND.all(documents):
        if kept.value.window.over(now, kept.value.seconds):
            yield KIND.drop(kept)


def listed(
    workflows: Iterable[Workflow], documents: Documents, now: datetime
) -> Iterator[Standing]:
    """Every budget, for the `SHOWN` that used most of it; for nobody if it is unused."""
    spent: dict[tuple[str, str, str, str], list[Spent]] = {}
    for value in (kept.value for kept in KIND.all(documents)):
        name = (value.workflow, value.budget, value.per, value.unit)
        spent.setdefault(name, []).append(value)
    for workflow in workflows:
        for budget in workflow.budgets:
            name = (workflow.name, budget.name, budget.per, budget.unit)
            found = [
                Standing(workflow=workflow.name, budget=budget, key=each.key,
                         used=each.window.used(now, budget.seconds))
                for each in spent.get(name, ())
            ]  # fmt: skip
            used = sorted((e for e in found if e.used), key=lambda each: (-each.used, each.key))
            yield from used[:SHOWN] or [Standing(workflow=workflow.name, budget=budget, used=0)]


def _counts(request: Request) -> bool:
    return request.resource.kind is ResourceKind.TOOL and request.action is not Action.RESULT


def _asked(request: Request, budget: Budget) -> int | None:
    """What the call uses; None when the amount cannot be read, or is of a currency without a
    budget."""
    if not budget.currency:
        return 1
    facts = request.facts
    readable = facts.amount < UNREADABLE_AMOUNT and facts.currency in ("", budget.currency)
    return facts.amount if readable else None


def _id(budget: Budget, workflow: str, key: str) -> str:
    return _named(workflow, budget.name, budget.per, budget.unit, key)


@lru_cache(REMEMBERED)
def _named(*parts: str) -> str:
    return digest(parts)
