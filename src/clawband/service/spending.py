"""What agents asked of models, and what it cost, from the log."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from clawband.flows.ask_model import Usage
from clawband.model.access import Action
from clawband.model.digest import Json
from clawband.model.event import Tag
from clawband.ports.store import Query, Records
from clawband.service.running import Running

PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What an agent asked of a model since an instant. `cost` is None where no price is known."""

    agent: str
    model: str
    calls: int
    refused: int
    usage: Usage
    cost: int | None


async def spent(running: Running, since: datetime) -> Sequence[Spent]:
    """Per agent and model, the most expensive first."""
    return await asyncio.to_thread(_spent, running.store, since)


def _spent(records: Records, since: datetime) -> Sequence[Spent]:
    sums: dict[tuple[str, str], Spent] = {}
    before: int | None = None
    tags = frozenset({Tag.MODEL_FINISH, Tag.DECISION_DENY})
    while leaves := records.find(Query(tags=tags, since=since, before=before, limit=PAGE)):
        for event in (leaf.event for leaf in leaves):
            if event.action == Action.ASK_MODEL:
                key = (event.agent, event.resource.removeprefix("Model::"))
                sums[key] = _added(sums.get(key), *key, event.tag, event.detail)
        before = leaves[-1].index
    return sorted(sums.values(), key=lambda each: (-(each.cost or 0), each.agent, each.model))


def _added(
    known: Spent | None, agent: str, model: str, tag: str, detail: Mapping[str, Json]
) -> Spent:
    old = known or Spent(agent=agent, model=model, calls=0, refused=0, usage=Usage(), cost=None)
    done = tag == Tag.MODEL_FINISH
    cost = detail.get("cost")
    return Spent(
        agent=agent, model=model, calls=old.calls + done, refused=old.refused + (not done),
        usage=Usage(
            old.usage.input + _whole(detail, "input"), old.usage.output + _whole(detail, "output"),
            old.usage.cached + _whole(detail, "cached"),
        ),
        cost=(old.cost or 0) + cost if isinstance(cost, int) else old.cost,
    )  # fmt: skip


def _whole(detail: Mapping[str, Json], key: str) -> int:
    value = detail.get(key)
    return value if isinstance(value, int) else 0
