"""The tools that are known, and what agents called."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime

from clawband.flows.authority import may, require
from clawband.identity.roles import Act
from clawband.model.access import Action
from clawband.model.deployment import Tool
from clawband.model.event import Event, Tag
from clawband.model.person import SignedIn
from clawband.openclaw.observed import Observed, Tally
from clawband.ports.store import Query
from clawband.service.policies import Policies
from clawband.service.running import Running

LOOKED_AT = 2_000
"""Decisions looked at, the newest of each kind; each one's arguments are read."""
_DECISIONS = frozenset({Tag.DECISION_PERMIT, Tag.DECISION_DENY, Tag.DECISION_HOLD})


class Catalogue:
    """Reads go to a thread: they may block on a disk."""

    def __init__(self, running: Running, policies: Policies) -> None:
        self._running = running
        self._policies = policies

    def known(self) -> Sequence[tuple[str, Tool]]:
        """Every declared tool with the workflow that declares it; empty for OpenClaw's own."""
        active = self._policies.active
        own = [("", tool) for tool in self._running.catalogue.values()]
        return own + [
            (name, tool)
            for name, workflow in (active.workflows.items() if active else ())
            for tool in workflow.tools.values()
        ]

    async def observed(
        self, agent: str, since: datetime | None, by: SignedIn
    ) -> Sequence[Observed]:
        """Tools nobody declared, and those of workflows with arguments that no call had.

        Only shapes are told, so that whoever writes manifests may look too.
        """
        if not may(by, Act.READ_PAYLOAD):
            require(by, Act.PUBLISH)
        return await asyncio.to_thread(self._observed, agent, since)

    def _observed(self, agent: str, since: datetime | None) -> Sequence[Observed]:
        tallies: dict[str, Tally] = {}
        for action in (Action.UNKNOWN, "tool:"):
            found = self._running.store.find(
                Query(tags=_DECISIONS, text=action, agent=agent, since=since, limit=LOOKED_AT)
            )
            for event in (leaf.event for leaf in found):
                name = event.resource.removeprefix("Tool::")
                unknown, tool = event.action == Action.UNKNOWN, self._declared(event.agent, name)
                if unknown is not (action == Action.UNKNOWN):
                    continue
                if tool or (unknown and name not in self._running.catalogue):
                    tally = tallies.setdefault(name, Tally())
                    tally.add(event.agent, self._arguments(event), tool)
        observed = (tally.observed(name) for name, tally in sorted(tallies.items()))
        return [each for each in observed if each.unknown or each.unused]

    def _declared(self, principal: str, name: str) -> Tool | None:
        """What the agent's workflow declares now; None for OpenClaw's own tools."""
        active, (gateway, _, agent) = self._policies.active, principal.partition("/")
        workflow = active.workflow_of(gateway, agent) if active else None
        return workflow.tools.get(name) if workflow else None

    def _arguments(self, event: Event) -> dict[str, object]:
        digest = str(event.detail.get("payload", ""))
        body = self._running.store.payload(digest) if digest else None
        found = json.loads(body).get("arguments") if body else None
        return found if isinstance(found, dict) else {}
