"""Honeytokens: planted for people, and looked for in what passes."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from clawband.flows import honeytokens, secrets
from clawband.flows.accounts import Doing
from clawband.flows.authority import may, require, require_some
from clawband.flows.honeytokens import HONEYTOKEN, LIST, Asked
from clawband.flows.kept import Kept
from clawband.identity.roles import Act
from clawband.labels.known import Known
from clawband.labels.lures import SEED_BYTES, Lure
from clawband.model.access import GATEWAY, Principal
from clawband.model.environments import ENVIRONMENTS
from clawband.model.errors import ConflictError, InputError, NotFoundError, UnavailableError
from clawband.model.honeytoken import Honeytoken, Sighting
from clawband.model.person import SignedIn
from clawband.ports.gateway import GatewayFiles
from clawband.service.policies import Policies
from clawband.service.running import Running
from clawband.service.stops import Stops

TRIES = 5


class Honeytokens:
    """`found` costs next to nothing where none is planted. Used in one thread."""

    def __init__(self, running: Running, policies: Policies, stops: Stops) -> None:
        self._running, self._policies, self._stops = running, policies, stops
        self._known = Known()
        self._tasks: set[asyncio.Task[object]] = set()

    def load(self) -> None:
        """What is planted, from the store."""
        kept = HONEYTOKEN.all(self._running.store)
        self._known = Known((each.id, mark.encode()) for each in kept for mark in each.value.marks)

    def found(self, raw: bytes) -> frozenset[str]:
        """The ids of those that stand in it, in whichever writing."""
        return self._known.names(raw)

    async def met(self, ids: Iterable[str], seen: Sighting) -> None:
        """Somebody used these. Durable when it returns, and so is the pause where policy wants one;
        from the same source it is told once within an hour."""
        for each in sorted(ids):
            await self._met(each, seen)

    async def asked_for(self, names: Iterable[str], seen: Sighting) -> None:
        """The broker is asked for secrets of these names."""
        store = self._running.store
        await self.met(filter(None, (honeytokens.by_secret(name, store) for name in names)), seen)

    def of(self, value: bytes, by: SignedIn) -> str:
        """The id of the honeytoken that this value is of, if they may know of it; else empty."""
        store = self._running.store
        found = honeytokens.prints(store).get(secrets.printed(value, self._running.prints), "")
        return found if any(each.id == found for each in self.listed(by)) else ""

    def listed(self, by: SignedIn) -> Sequence[Kept[Honeytoken]]:
        """Those of the environments that they may look at, the oldest first."""
        require_some(by, Act.LOOK)
        kept = HONEYTOKEN.all(self._running.store)
        return [each for each in kept if may(by, Act.LOOK, each.value.environment)]

    async def plant(self, asked: Asked, by: SignedIn) -> tuple[str, Honeytoken, Lure]:
        """Kept, and known from then on; then written where it is to be. Its value is told this
        once."""
        asked = self._placed(asked)
        doing = self._doing(by, asked.environment)
        seed = self._running.randomness.bytes(SEED_BYTES)
        new, token, made, unit = honeytokens.plant(
            asked, seed, self._running.prints, self._running.store, doing
        )
        files = self._files(asked)
        await self._running.commit(unit)
        self.load()
        # A crash here leaves one that is looked for and stands nowhere.
        if files:
            try:
                await asyncio.to_thread(_write, files, token, made.text)
            except Exception:
                await self._drop(new, by)
                raise
        return new, token, made

    async def remove(self, id: str, by: SignedIn) -> Honeytoken:
        """Taken out of the file that we put it in, if it is still there as we wrote it by then."""
        kept = HONEYTOKEN.get(id, self._running.store, LIST)
        if not may(by, Act.LOOK, kept.value.environment):
            raise NotFoundError(f"there is no honeytoken `{id[:60]}`", remedy=LIST)
        require(by, Act.ROTATE, kept.value.environment)
        files = self._running.files.get(kept.value.gateway) if kept.value.file else None
        if files:
            await asyncio.to_thread(_clean, files, kept.value)
        await self._drop(id, by)
        return kept.value

    async def _drop(self, id: str, by: SignedIn) -> None:
        for _ in range(TRIES):
            kept = HONEYTOKEN.get(id, self._running.store, LIST)
            doing = self._doing(by, kept.value.environment)
            try:
                await self._running.commit(honeytokens.remove(kept, doing))
                break
            except ConflictError:
                continue  # a use was told of in between
        self.load()

    async def _met(self, id: str, seen: Sighting) -> None:
        running = self._running
        for _ in range(TRIES):
            kept = HONEYTOKEN.find(id, running.store)
            if kept is None:
                return  # taken away a moment ago
            now = running.now()
            pause = honeytokens.pause(seen, kept, now) if self._pauses(seen) else None
            unit = honeytokens.used(kept, seen, pause=pause, now=now, entropy=running.entropy())
            if unit is None:
                return
            try:
                await running.commit(unit)
            except ConflictError:
                continue  # another use of it was told of in the same moment
            if pause:
                task = asyncio.ensure_future(self._stops.end_turns(pause))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            return

    def _pauses(self, seen: Sighting) -> bool:
        """Whether the gateway's manifest wants the agent stopped; the gateway itself is none."""
        active = self._policies.active
        plan = active.gateways.get(seen.gateway) if active else None
        whole = seen.agent in ("", Principal(seen.gateway, GATEWAY).id)
        return bool(plan and plan.honeytoken == "pause" and not whole)

    def _placed(self, asked: Asked) -> Asked:
        """In the environment of its gateway."""
        if asked.environment and asked.environment not in ENVIRONMENTS:
            raise InputError(
                f"expected one of {', '.join(ENVIRONMENTS)}, got `{asked.environment[:40]}`",
                remedy="leave it out for one that is of no environment",
            )
        if not asked.gateway:
            return asked
        for each in self._running.store.enrolled():
            if each.name == asked.gateway:
                return replace(asked, environment=each.environment)
        raise NotFoundError(
            f"there is no gateway `{asked.gateway[:60]}`",
            remedy="list them with `clawband gateway list`",
        )

    def _files(self, asked: Asked) -> GatewayFiles | None:
        if not asked.file:
            return None
        if not (asked.gateway and asked.agent):
            raise InputError(
                "a file is in the workspace of an agent",
                remedy="name the gateway and the agent, or plant it by hand",
            )
        files = self._running.files.get(asked.gateway)
        if files is None:
            raise UnavailableError(
                f"`{asked.gateway[:60]}` has no control address in `clawband.toml`",
                remedy="set its `url` and `token_file`, or plant it by hand",
            )
        return files

    def _doing(self, by: SignedIn, where: str) -> Doing:
        require(by, Act.ROTATE, where)
        return Doing(by=by.name, now=self._running.now(), entropy=self._running.entropy())


def _write(files: GatewayFiles, token: Honeytoken, text: str) -> None:
    """Behind what the file holds, as if somebody had noted it there."""
    was = files.read(token.agent, token.file)
    before = f"{was.rstrip()}\n\n" if was and was.strip() else ""
    files.write(token.agent, token.file, f"{before}{text}\n", was=was)


def _clean(files: GatewayFiles, token: Honeytoken) -> None:
    """The file without the lines that hold it."""
    was = files.read(token.agent, token.file)
    if was is None or not any(mark in was for mark in token.marks):
        return
    lines = was.splitlines(keepends=True)
    rest = "".join(each for each in lines if not any(mark in each for mark in token.marks))
    if rest.strip():
        files.write(token.agent, token.file, rest.rstrip() + "\n", was=was)
    else:
        files.remove(token.agent, token.file, was=was)
