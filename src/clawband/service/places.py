"""What agents wrote, its versions, and what people put back, release or throw away."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from clawband.flows import restore
from clawband.flows.authority import require_some
from clawband.flows.restore import Acting, Done
from clawband.flows.sight import Sight
from clawband.identity.roles import Act
from clawband.model.errors import UnavailableError
from clawband.model.event import Event
from clawband.model.person import SignedIn
from clawband.model.provenance import Place
from clawband.service.running import Running


@dataclass(frozen=True, slots=True)
class Version:
    """A place, the event that made it, and what the file held; None when that is not known."""

    place: Place
    event: Event | None
    text: str | None = None
    change: str | None = None
    """What an edit did, where that is all that is known."""


class Places:
    """Everything blocks on a disk or on a gateway, so it goes to a thread; acts one by one."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._acting = asyncio.Lock()

    async def listed(
        self, by: SignedIn, agent: str = "", path: str = "", limit: int = 200
    ) -> Sequence[Version]:
        """Newest first, of the newest that there are."""
        return await asyncio.to_thread(self._versions, by, lambda: restore.listed(
            self._running.store, agent, path, limit
        ))  # fmt: skip

    async def waiting(self, by: SignedIn, agent: str = "") -> Sequence[Version]:
        """What is in quarantine, newest first."""
        return await asyncio.to_thread(self._versions, by, lambda: restore.waiting(
            self._running.store, agent
        ))  # fmt: skip

    async def shown(self, id: str, by: SignedIn) -> Sequence[Version]:
        """The files of one write with their exact text, for who may read it."""
        await asyncio.to_thread(self._allowed, id, by, Act.READ_PAYLOAD)
        return await asyncio.to_thread(self._shown, id)

    async def revert(self, id: str, by: SignedIn) -> Sequence[Done]:
        """Put back what was there before this write."""
        return await self._act(id, by, restore.revert)

    async def release(self, id: str, by: SignedIn) -> Sequence[Done]:
        """Put quarantined content where it was meant to go."""
        return await self._act(id, by, lambda acting: iter((restore.release(acting),)))

    async def discard(self, id: str, by: SignedIn) -> Sequence[Done]:
        """Throw quarantined content away."""
        return await self._act(id, by, lambda acting: iter((restore.discard(acting),)))

    async def _act(
        self, id: str, by: SignedIn, act: Callable[[Acting], Iterator[Done]]
    ) -> Sequence[Done]:
        """Each file is recorded as soon as it is changed, whatever becomes of the next one."""
        await asyncio.to_thread(self._allowed, id, by, Act.RESTORE)
        async with self._acting:
            acting = await asyncio.to_thread(self._prepared, id, by)
            doing, done = act(acting), list[Done]()
            while each := await asyncio.to_thread(next, doing, None):
                await self._running.commit(each.unit)
                done.append(each)
            return done

    def _prepared(self, id: str, by: SignedIn) -> Acting:
        place = restore.found(id, self._running.store)[0]
        gateway = place.agent.partition("/")[0]
        files = self._running.files.get(gateway)
        if files is None:
            raise UnavailableError(
                f"`{gateway}` has no control address in `clawband.toml`",
                remedy="set its `url` and `token_file`; files are changed through the gateway",
            )
        return Acting(
            id=id, by=by, store=self._running.store, files=files,
            now=self._running.now(), entropy=self._running.entropy(),
        )  # fmt: skip

    def _allowed(self, id: str, by: SignedIn, act: Act) -> None:
        """Raises unless they may where the agent is that wrote it, and `NotFoundError`."""
        require_some(by, act)
        found = restore.found(id, self._running.store)[0]
        Sight(by, self._running.store.enrolled(), act).require(found.agent)

    def _versions(self, by: SignedIn, read: Callable[[], Sequence[Place]]) -> Sequence[Version]:
        sees = Sight(by, self._running.store.enrolled())
        return [Version(each, self._event(each)) for each in read() if sees.of(each.agent)]

    def _shown(self, id: str) -> Sequence[Version]:
        return [self._whole(each) for each in restore.found(id, self._running.store)]

    def _whole(self, place: Place) -> Version:
        text = restore.text(place, self._running.store)
        change = restore.changed(place, self._running.store) if text is None else None
        edits = [f"- {each.old}\n+ {each.new}" for each in change.edits] if change else []
        return Version(place, self._event(place), text, "\n".join(edits) or None)

    def _event(self, place: Place) -> Event | None:
        leaf = self._running.store.leaf(place.decision.removesuffix(restore.FOUND))
        return leaf.event if leaf else None
