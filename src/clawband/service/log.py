"""The log as people use it: sealed, searched, walked, proved, exported, watched."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence

from clawband.flows import seal, walk
from clawband.flows.authority import require
from clawband.identity.roles import Act
from clawband.model import ids
from clawband.model.errors import Error, InvariantError
from clawband.model.event import Event, Leaf, Tag
from clawband.model.person import SignedIn
from clawband.ports.store import Query
from clawband.ports.unit import Unit
from clawband.service.running import Running

BACKLOG = 1_000
"""Batches a slow watcher may fall behind before it is let go."""


class Log:
    """Reads go to a thread: they may block on a disk."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._watchers: set[asyncio.Queue[Sequence[Leaf]]] = set()
        self.problem = ""
        """Why the log is not being sealed, when it is not."""

    @property
    def key(self) -> str:
        """The verifier key an auditor pins."""
        return str(seal.key_of(self._running.signer))

    async def seal(self) -> bool:
        """Sign the head if it moved. A log that was rewritten is not signed, and said so."""
        try:
            kept = await asyncio.to_thread(
                seal.seal, self._running.store, self._running.signer, self._running.witness,
                now=self._running.now(),
            )  # fmt: skip
        except Error as error:
            self.problem = str(error)
            return False
        if kept:
            try:
                await self._running.commit(Unit([], [kept]))
            except Error as error:
                self.problem = str(error)
                return False
        self.problem = ""
        return kept is not None

    def check(self) -> None:
        """At start: the log must extend what was sealed last. Raises `InvariantError`."""
        seal.check_witness(self._running.store, self._running.signer, self._running.witness)

    async def find(self, query: Query) -> Sequence[Leaf]:
        return await asyncio.to_thread(self._running.store.find, query)

    async def leaf(self, id: str) -> Leaf | None:
        return await asyncio.to_thread(self._running.store.leaf, id)

    async def payload(self, digest: str, by: SignedIn, where: str = "") -> bytes | None:
        """Exact arguments of an act in this environment, for who may read them."""
        require(by, Act.READ_PAYLOAD, where)
        return await asyncio.to_thread(self._running.store.payload, digest)

    async def walk(self, id: str) -> walk.Walk:
        return await asyncio.to_thread(walk.walk, id, self._running.store)

    async def prove(self, id: str) -> bytes:
        return await asyncio.to_thread(seal.prove, id, self._running.store, self._running.signer)

    async def export(self, by: SignedIn) -> Iterator[bytes]:
        """The lines of an export, sealed first; the export itself is recorded."""
        require(by, Act.EXPORT)
        await self.record(Tag.LOG_EXPORT, who=by.name, outcome="exported")
        await self.seal()
        if self.problem:
            raise InvariantError(self.problem)
        return seal.export(self._running.store, self._running.signer)

    async def record(self, tag: Tag, *, who: str = "", outcome: str, policy: str = "") -> Event:
        """One event of the server's own."""
        now = self._running.now()
        event = Event(
            id=ids.new("evt", now, self._running.entropy()),
            at=now,
            tag=tag,
            who=who,
            outcome=outcome,
            policy=policy,
        )
        await self._running.commit(Unit([event]))
        return event

    def spread(self, leaves: Sequence[Leaf]) -> None:
        """Hand a durable batch to everybody who watches; called in the loop."""
        for queue in list(self._watchers):
            try:
                queue.put_nowait(leaves)
            except asyncio.QueueFull:
                self._watchers.discard(queue)

    async def watch(self) -> AsyncIterator[Sequence[Leaf]]:
        """Durable batches from now on. Ends when the watcher was too slow."""
        queue: asyncio.Queue[Sequence[Leaf]] = asyncio.Queue(BACKLOG)
        self._watchers.add(queue)
        try:
            while queue in self._watchers or not queue.empty():
                yield await queue.get()
        finally:
            self._watchers.discard(queue)
