"""Honeytokens: planted for people, listed and taken away."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from clawband.flows import honeytokens, secrets
from clawband.flows.accounts import Doing
from clawband.flows.authority import may, require, require_some
from clawband.flows.honeytokens import HONEYTOKEN, LIST, Asked
from clawband.flows.kept import Kept
from clawband.identity.roles import Act
from clawband.labels.lures import SEED_BYTES, Lure
from clawband.model.environments import ENVIRONMENTS
from clawband.model.errors import ConflictError, InputError, NotFoundError, UnavailableError
from clawband.model.honeytoken import Honeytoken
from clawband.model.person import SignedIn
from clawband.ports.gateway import GatewayFiles
from clawband.service.lures import Lures
from clawband.service.running import Running

TRIES = 5


class Honeytokens:
    """What is planted is looked for from then on, and what is taken away is not any more."""

    def __init__(self, running: Running, lures: Lures) -> None:
        self._running, self.lures = running, lures

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
        self.lures.load()
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
        self.lures.load()

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
