"""A small Clawband in this process: real store, real policy, a clock that a test moves.

`async with small(folder) as house:` publishes the sample workflows, enrols the gateway `sample`
and has one operator per role; `story` runs an asynchronous test.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from clawband.adapters.files import FileShelf, FileWitness
from clawband.adapters.stores.sql import SqlStore
from clawband.adapters.stores.sqlite import open_store
from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.own import OwnVault
from clawband.bootstrap.vaults import vault_of
from clawband.flows.decide import Decided
from clawband.flows.hold import Holding
from clawband.identity.session import Seen
from clawband.model.deployment import Gateway
from clawband.model.doors import DoorSettings
from clawband.model.event import Event
from clawband.model.people import Rules
from clawband.model.person import Role, SignedIn
from clawband.model.secret import OWN
from clawband.model.vaults import SecretsSettings
from clawband.openclaw import hooks, tools
from clawband.ports.machine import FileSystem
from clawband.ports.notices import Courier
from clawband.ports.store import Query
from clawband.service.keeping import Keeping
from clawband.service.launcher import Launcher
from clawband.service.running import Running
from clawband.service.service import Service
from clawband.service.tls import Tls
from clawband.service.trusted import Trusted
from tests.simulators.clocks import CountedEntropy, FixedClock
from tests.simulators.keepers import MemorySigner, QuickPasswords

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = {
    path.name: path.read_text() for path in sorted((ROOT / "examples" / "workflows").glob("*.toml"))
}
NOBODY = Trusted()
LAUNCHER = Launcher(program=("launcher",), port=8621, read=("/usr",))
PASSWORD = "correct horse battery"
SESSION = "agent:support:telegram:direct:4242"
REQUESTER = {"channel": "telegram", "senderId": "4242", "senderIsOwner": False}


def story(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run an asynchronous test to its end."""

    @wraps(test)
    def told(*args: Any, **kwargs: Any) -> None:
        async def run() -> None:
            await test(*args, **kwargs)

        asyncio.run(run())

    return told


@dataclass
class House:
    """The service and what a test needs to speak to it."""

    service: Service
    clock: FixedClock
    folder: Path
    credential: str = ""
    gateway: Gateway | None = None
    tokens: dict[str, str] = field(default_factory=dict)

    def context(self, **changes: Any) -> dict[str, Any]:
        said = {"agentId": "support", "sessionKey": SESSION, "runId": "r1", "requester": REQUESTER}
        return {**said, **changes}

    async def ask(self, hook: str, event: dict[str, Any], **context: Any) -> Decided:
        """The plugin's question, without the wire."""
        assert self.gateway
        question = hooks.asked(hook, event, self.context(**context))
        return await self.service.decisions.answer(question, self.gateway)

    async def call(self, tool: str, call: str, params: Any = None, **context: Any) -> Decided:
        event = {"toolName": tool, "params": params or {}, "runId": "r1", "toolCallId": call}
        return await self.ask("tool", event | ({"runId": context.get("runId", "r1")}), **context)

    def signed(self, role: str) -> SignedIn:
        return self.service.operators.who(self.tokens[role])

    async def in_browser(self, role: str) -> SignedIn:
        """The same person, signed in anew from a browser."""
        people = self.service.people
        return self.service.operators.who(await people.sign_in(role, PASSWORD, seen=Seen()))

    def events(self, *tags: str) -> list[Event]:
        """Oldest first."""
        found = self.service.running.store.find(Query(tags=frozenset(tags), limit=1000))
        return [leaf.event for leaf in reversed(found)]


def opened(path: Path) -> SqlStore:
    """A store that waits for no disk: what survives a power loss is tested with real servers."""
    if not path.exists():
        path.write_bytes(empty())
    store = open_store(path, b"k" * 32, busy=200)
    raw = store._writing.raw_connection()
    raw.cursor().execute("PRAGMA synchronous=OFF")
    raw.close()
    return store


@cache
def empty() -> bytes:
    """A store with nothing in it, so that not every test makes its tables."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "clawband.db")
        open_store(path, b"k" * 32).close()
        return path.read_bytes()


def service_on(
    folder: Path,
    clock: FixedClock,
    seed: str = "seed",
    files: FileSystem | None = None,
    trusted: Trusted = NOBODY,
    rules: Rules | None = None,
    courier: Courier | None = None,
    tls: Tls | None = None,
    doors: tuple[DoorSettings, ...] = (),
    kept: SecretsSettings | None = None,
) -> Service:
    """The parts of `bootstrap.build`, with the time and the keys in the test's hand."""
    folder.mkdir(exist_ok=True)
    own, kept = OwnVault(folder / "vault", LocalMaster(b"m" * 32)), kept or SecretsSettings()
    return Service(
        Running(
            store=opened(folder / "clawband.db"),
            shelf=FileShelf(folder / "policies"),
            signer=MemorySigner(),
            witness=FileWitness(folder / "witness"),
            clock=clock,
            randomness=CountedEntropy(seed),
            passwords=QuickPasswords(),
            catalogue=tools.catalogue(),
            controls={},
            holding=Holding(),
            filesystem=files,
            launcher=LAUNCHER,
            trusted=trusted,
            people=rules or Rules(),
            courier=courier,
            tls=tls,
            doors=doors,
            vaults={OWN: own, **{each.name: vault_of(each, own) for each in kept.vaults}},
            keeping=Keeping(settings=kept, wrapping=own),
            prints=b"p" * 32,
        )
    )


@asynccontextmanager
async def small(
    folder: Path,
    *,
    bare: bool = False,
    files: FileSystem | None = None,
    policies: Mapping[str, str] = WORKFLOWS,
    trusting: Callable[[FixedClock], Trusted] = lambda _: NOBODY,
    two: tuple[str, ...] = (),
    courier: Courier | None = None,
    certified: Callable[[Path], Tls] | None = None,
    doors: tuple[DoorSettings, ...] = (),
    kept: SecretsSettings | None = None,
) -> AsyncIterator[House]:
    """A started house; `bare` leaves out policy, gateway and operators. `files` are looked at,
    `trusting` makes whose word counts, `two` is under dual control, `courier` takes
    mail, `kept` names vaults, `certified` makes certificates in its folder."""
    clock = FixedClock()
    rules = Rules(dual_control=two)
    service = service_on(
        folder, clock, files=files, trusted=trusting(clock), rules=rules, courier=courier,
        tls=certified(folder) if certified else None, doors=doors, kept=kept,
    )  # fmt: skip
    await service.start()
    house = House(service, clock, folder)
    try:
        if not bare:
            await service.policies.publish_as(policies, "setup", "first")
            house.credential, house.gateway = await service.gateways.enroll(
                "sample", "dev", "setup"
            )
            for role in Role:
                await service.operators.add_as(role, [role], [], PASSWORD, "setup")
                house.tokens[role] = await service.people.sign_in(role, PASSWORD)
        yield house
    finally:
        await house.service.stop()
