"""Access reviews: who still needs what, decided by people who are not asked about themselves."""

import asyncio
from collections.abc import Sequence
from typing import Any

from clawband.flows import alone, review, seal
from clawband.flows.accounts import Doing
from clawband.flows.authority import require
from clawband.flows.kept import Kept
from clawband.flows.last_use import last_use
from clawband.flows.review import Shown
from clawband.identity.review import LIFE_DAYS, Item, Review, Subject, Verdict
from clawband.identity.roles import Act
from clawband.model.errors import InputError
from clawband.model.event import Tag
from clawband.model.person import SignedIn
from clawband.service.access import Access
from clawband.service.log import Log
from clawband.service.running import Running


class Reviews:
    """`tick` opens one a month, and reminds."""

    def __init__(self, running: Running, access: Access, log: Log) -> None:
        self._running, self._access, self._log = running, access, log

    def listed(self, by: SignedIn) -> Sequence[Kept[Review]]:
        """Newest first: ids begin with the time."""
        require(by, Act.LOOK)
        return list(reversed(review.REVIEW.all(self._running.store)))

    async def shown(self, id: str, by: SignedIn) -> tuple[Kept[Review], Sequence[Shown]]:
        require(by, Act.LOOK)
        return await asyncio.to_thread(review.shown, id, self._running.store)

    async def open(self, days: int, by: SignedIn) -> Kept[Review]:
        return await self._open(days, self._doing(by))

    async def decide(self, id: str, item: str, verdict: str, note: str, by: SignedIn) -> Item:
        """Keep or revoke one access; a revocation takes effect before this returns.

        Where removing an account takes two people, a review is no way round it.
        """
        doing = self._doing(by)
        if verdict not in set(Verdict):
            raise InputError(f"expected keep or revoke, got `{verdict[:20]}`")
        kind, _, name = item.partition(":")
        if verdict == Verdict.REVOKE and kind == Subject.PERSON:
            alone.refuse(
                "administer", f"remove {name[:40]}", by, documents=self._running.store,
                controlled=self._running.people.dual_control, now=doing.now,
            )  # fmt: skip
        decided, unit = await asyncio.to_thread(
            review.decide, id, item, Verdict(verdict), note,
            store=self._running.store, doing=doing,
        )  # fmt: skip
        await self._running.commit(unit)
        return decided

    async def close(self, id: str, by: SignedIn) -> None:
        unit = await asyncio.to_thread(
            review.close, id, store=self._running.store, doing=self._doing(by)
        )
        await self._running.commit(unit)

    async def evidence(self, id: str, by: SignedIn) -> dict[str, Any]:
        """The review, and for each decision the proof that it is in the log; recorded."""
        require(by, Act.EXPORT)
        kept, items = await self.shown(id, by)
        await self._log.record(Tag.LOG_EXPORT, who=by.name, outcome=f"evidence of {id}")
        await self._log.seal()
        proofs = await asyncio.to_thread(self._proofs, [each.item.event for each in items])
        return {"key": self._log.key, "review": kept, "items": items, "proofs": proofs}

    async def tick(self) -> None:
        """Once in a while: open the next review when it is time, remind of the one that is open."""
        store, doing = self._running.store, self._unasked()
        if review.due(store, doing.now):
            await self._open(LIFE_DAYS, doing)
        if unit := await asyncio.to_thread(review.remind, store=store, doing=self._unasked()):
            await self._running.commit(unit)

    async def _open(self, days: int, doing: Doing) -> Kept[Review]:
        store = self._running.store
        last = last_use(self._access.uses, store)
        opened, unit = await asyncio.to_thread(
            review.open_, days, store=store, last=last, doing=doing
        )
        await self._running.commit(unit)
        return opened

    def _proofs(self, events: Sequence[str]) -> dict[str, str]:
        store, signer = self._running.store, self._running.signer
        return {each: seal.prove(each, store, signer).decode() for each in events if each}

    def _doing(self, by: SignedIn) -> Doing:
        require(by, Act.REVIEW)
        return Doing(by=by.name, now=self._running.now(), entropy=self._running.entropy())

    def _unasked(self) -> Doing:
        return Doing(by="", now=self._running.now(), entropy=self._running.entropy())
