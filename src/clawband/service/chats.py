"""Chats: whose they are, and what is decided in them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from clawband.approvals import chat
from clawband.approvals.chat import Verb
from clawband.flows import chats, offer
from clawband.flows.kept import Kept
from clawband.identity.chats import Chat
from clawband.model.approval import Approval, ApprovalState
from clawband.model.errors import AuthenticationError, ConflictError, Error, UnavailableError
from clawband.model.person import SignedIn
from clawband.openclaw.commands import Command
from clawband.ports.unit import Unit
from clawband.service.approvals import Approvals
from clawband.service.entrance import refuse_stale
from clawband.service.log import Log
from clawband.service.policies import Policies
from clawband.service.running import Running

_WAITING = frozenset({ApprovalState.PENDING})


class Chats:
    """A word from a chat is worth one factor, and only what its workflow takes it for."""

    def __init__(
        self, running: Running, policies: Policies, approvals: Approvals, log: Log
    ) -> None:
        self._running = running
        self._policies = policies
        self._approvals = approvals
        self._log = log

    # Whose they are

    def listed(self, by: SignedIn) -> Sequence[Kept[Chat]]:
        """One's own, by id; those that wait to be confirmed among them."""
        return chats.of(by.name, self._running.store)

    async def begin(self, by: SignedIn) -> str:
        """A code for `/clawband link`. Raises `StepUpNeededError`."""
        refuse_stale(by)
        code, unit = chats.begin(
            by, documents=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return code

    async def confirm(self, id: str, by: SignedIn) -> str:
        """The secret that takes the place of the old one. Raises `StepUpNeededError`."""
        refuse_stale(by)
        secret, unit = chats.confirm(
            id, by, known=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return secret

    async def unlink(self, id: str, by: SignedIn) -> None:
        """At once. Raises `NotFoundError`."""
        unit = chats.unlink(
            id, by, known=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)

    async def sweep(self) -> None:
        """Forget what is over."""
        store, now = self._running.store, self._running.now()
        for change in [*chats.lapsed(store, now), *offer.lapsed(store, now)]:
            try:
                await self._running.commit(Unit([], [change]))
            except ConflictError:
                continue  # somebody changed it in the same instant

    # What is said in them

    async def answer(self, said: Command) -> str:
        """What to tell who typed it; the gateway may deliver exactly that. Raises
        `UnavailableError`."""
        try:
            text = await self._obeyed(said)
        except UnavailableError:
            raise
        except Error as error:
            now, entropy = self._running.now(), self._running.entropy()
            await self._running.commit(chats.refused(said, error.message, now=now, entropy=entropy))
            text = f"Not done: {error.message}. {error.remedy}".strip()
        change = offer.answering(text, said, self._running.store, self._running.now())
        with suppress(ConflictError):  # the same was answered in the same instant: it may leave
            await self._running.commit(Unit([], [change]))
        return text

    async def _obeyed(self, said: Command) -> str:
        typed = chat.read(said.text)
        if typed.verb is Verb.HELP:
            return chat.HELP
        if typed.verb is Verb.LINK:
            return await self._claimed(typed.code, said)
        by = chats.speaker(said, self._running.store, self._running.people, self._running.now())
        if typed.verb is Verb.LIST:
            return await self._listed(said, by)
        approval, spent = offer.meant(
            typed.code, said, desk=self._running.store,
            active=self._policies.active, now=self._running.now(),
        )  # fmt: skip
        if typed.verb is Verb.DENY:
            await self._approvals.refuse(approval.id, by, typed.rest, also=[spent])
            return f"You refused {approval.resource}. The agent is told so, with your reason."
        return _agreed(await self._approvals.grant(approval.id, by, also=[spent]))

    async def _claimed(self, code: str, said: Command) -> str:
        name, unit = chats.claim(
            code, said, known=self._running.store,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip
        await self._running.commit(unit)
        return f"Now confirm {said.who} as {name}, on your page of the console, You."

    async def _listed(self, said: Command, by: SignedIn) -> str:
        store = self._running.store
        waiting = await asyncio.to_thread(store.approvals, _WAITING)
        judged = zip(waiting, self._approvals.objections(waiting, by), strict=True)
        mine = [each for each, objection in judged if objection is None]
        here = [each for each in mine if offer.fits(each, said, self._policies.active)]
        where = said.gateway.environment
        bodies = [(each, await self._words(each, by, where)) for each in here[: chat.SHOWN]]
        shown = offer.cards(bodies, self._running.entropy())
        await self._running.commit(
            offer.put([each for each, _ in shown], said, store, self._running.now())
        )
        return chat.listed(shown, len(mine) - len(shown))

    async def _words(self, approval: Approval, by: SignedIn, where: str) -> bytes | None:
        """What nobody may read, nobody approves here."""
        try:
            return await self._log.payload(approval.payload, by, where)
        except AuthenticationError:
            return None


def _agreed(approval: Approval) -> str:
    if approval.state is ApprovalState.GRANTED:
        return f"You allowed {approval.resource}, once."
    return f"You agreed to {approval.resource}. Somebody else must agree too."
