"""Budgets for people: what is used of them, and what is left."""

import asyncio
from collections.abc import Sequence

from clawband.flows import spend
from clawband.flows.authority import may
from clawband.identity.roles import Act
from clawband.model.access import Requester
from clawband.model.budget import Standing
from clawband.model.deployment import Workflow
from clawband.model.errors import ConflictError
from clawband.model.event import Event
from clawband.model.person import SignedIn
from clawband.ports.unit import Unit
from clawband.service.policies import Policies
from clawband.service.running import Running


class Budgets:
    """Reads come from memory, as for a decision."""

    def __init__(self, running: Running, policies: Policies) -> None:
        self._running = running
        self._policies = policies

    def seen(self, by: SignedIn) -> Sequence[Standing]:
        """Those of the workflows that they may look at, whoever used most first."""
        found = [each for each in self._workflows() if may(by, Act.LOOK, each.environment)]
        return list(spend.listed(found, self._running.store, self._running.now()))

    def of(self, workflow: Workflow) -> Sequence[Standing]:
        return list(spend.listed([workflow], self._running.store, self._running.now()))

    def about(self, decision: Event) -> Sequence[Standing]:
        """Those that a recorded decision asked something of, as they are now."""
        said = decision.detail.get("budgets")
        named = {each["budget"]: each["asked"] for each in said} if isinstance(said, list) else {}
        who = Requester(decision.who, decision.who.partition(":")[0])
        tool = decision.resource.partition("::")[2]
        return [
            spend.standing(
                budget, workflow.name, spend.whose(budget, who, decision.agent, tool),
                self._running.store, self._running.now(), asked=named[budget.name],
            )
            for workflow in self._workflows() if workflow.name == decision.detail.get("workflow")
            for budget in workflow.budgets if budget.name in named
        ]  # fmt: skip

    async def tidy(self) -> None:
        """Forget what no longer counts."""
        store, now = self._running.store, self._running.now()
        for change in await asyncio.to_thread(lambda: list(spend.forgotten(store, now))):
            try:
                await self._running.commit(Unit([], [change]))
            except ConflictError:
                continue  # it was used in the same instant

    def _workflows(self) -> Sequence[Workflow]:
        active = self._policies.active
        return list(active.workflows.values()) if active else []
