"""Edit and approve: a person changes what is held, and says yes to that."""

import asyncio
from collections.abc import Mapping, Sequence

from clawband.approvals.edit import editable, edited
from clawband.flows import delegate, sight
from clawband.flows import edit as edits
from clawband.flows.authority import may, require, require_some
from clawband.identity.roles import Act
from clawband.model.access import Authority, Request, Requester
from clawband.model.approval import Approval
from clawband.model.digest import Json
from clawband.model.errors import AuthenticationError, ConflictError, InputError
from clawband.model.person import SignedIn
from clawband.openclaw.edited import drafted, question_of
from clawband.service.decisions import Decisions
from clawband.service.policies import Policies
from clawband.service.running import Running


class Edits:
    """What people write in place of what agents wanted."""

    def __init__(self, running: Running, policies: Policies, decisions: Decisions) -> None:
        self._running = running
        self._policies = policies
        self._decisions = decisions

    async def draft(self, id: str, by: SignedIn) -> Mapping[str, str | int]:
        """What can be changed of a held action, by name; empty for who may not, or for nothing."""
        try:
            held = await self._draft(id)
            self._require(held.approval, by)
            return editable(drafted(held.event, held.arguments))
        except (AuthenticationError, ConflictError, InputError):
            return {}

    async def edit(self, id: str, changes: Mapping[str, Json], by: SignedIn) -> Approval:
        """Put these changes in, and agree to what comes out.

        Raises `InputError` for what cannot be changed so, `ConflictError` for what policy refuses
        or what happened meanwhile, and what `approvals.lifecycle.grant` raises.
        """
        require_some(self._acting(by), Act.DECIDE_APPROVAL)
        held = await self._draft(id)
        self._require(held.approval, by)
        parts = edited(drafted(held.event, held.arguments), changes)
        was = await self._request(held, held.arguments)
        if was.digest() != held.approval.request:
            raise ConflictError(
                f"`{held.approval.id}` cannot be changed: it was asked in another way",
                remedy="approve it as it is, or refuse it with a reason",
            )
        approval, unit = edits.edit(
            held, await self._request(held, {**held.arguments, **parts}), by,
            state=self._running.store, active=self._policies.active,
            now=self._running.now(), entropy=self._running.entropy(),
            known=self._running.masking.known,
        )  # fmt: skip
        await self._running.commit(unit)
        return approval

    async def versions(self, approval: Approval, by: SignedIn) -> Sequence[edits.Version]:
        """What people changed, oldest first; nothing for who may not read the words."""
        if not may(by, Act.READ_PAYLOAD, self._where(approval)):
            return ()
        return await asyncio.to_thread(edits.versions, approval, self._running.store)

    async def tidy(self) -> None:
        """Forget what was written for approvals that are closed."""
        unit = edits.over(self._running.store, self._running.now())
        if unit.changes:
            await self._running.commit(unit)

    def _require(self, approval: Approval, by: SignedIn) -> None:
        """Raises `AuthenticationError` for who may not decide it, or not read it."""
        where = self._where(approval)
        require(self._acting(by), Act.DECIDE_APPROVAL, where)
        require(by, Act.READ_PAYLOAD, where)

    def _where(self, approval: Approval) -> str:
        return sight.where(approval.agent, self._running.store.enrolled())

    def _acting(self, by: SignedIn) -> SignedIn:
        return delegate.acting(by, self._running.store, self._running.now())

    async def _draft(self, id: str) -> edits.Draft:
        store = self._running.store
        return await asyncio.to_thread(edits.draft, id, store, store)

    async def _request(self, held: edits.Draft, arguments: Mapping[str, Json]) -> Request:
        """What the agent would have asked with these arguments."""
        event = held.event
        gateways = self._running.store.enrolled()
        gateway = next((each for each in gateways if each.name == event.gateway), None)
        if gateway is None:
            raise ConflictError(
                f"the gateway `{event.gateway}` is no longer enrolled",
                remedy="refuse it with a reason",
            )
        question = question_of(event, arguments)
        here = await self._decisions.here(question, gateway)
        authority = Authority(str(event.detail.get("authority", Authority.UNKNOWN)))
        asker = Requester(event.who, event.who.partition(":")[0], authority)
        return self._decisions.request(question, gateway, asker, here)
