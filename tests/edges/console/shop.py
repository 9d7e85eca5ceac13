"""A small shop under guard: a real service over a real store, and a day of what happened in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from clawband.adapters.files import FileShelf, FileWitness
from clawband.adapters.keys import FileSigner, secret_file
from clawband.adapters.machine import MachineEntropy
from clawband.adapters.stores.sqlite import open_store
from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.own import OwnVault
from clawband.flows import sessions
from clawband.flows.decide import Decided
from clawband.flows.hold import Holding
from clawband.flows.secret_flow import OwnUse
from clawband.identity.assurance import Method
from clawband.identity.session import Seen
from clawband.model.access import Hold
from clawband.model.deployment import Gateway
from clawband.model.doors import DoorSettings
from clawband.model.errors import InputError
from clawband.model.people import Rules
from clawband.model.person import Operator, Role, SignedIn
from clawband.model.secret import OWN
from clawband.openclaw import hooks, tools
from clawband.ports.unit import PutOperator, Unit
from clawband.service.keeping import Keeping
from clawband.service.running import Running
from clawband.service.service import Service
from tests.edges.console.kept_files import files_of
from tests.edges.console.shop_clock import ShopClock
from tests.simulators import certified
from tests.simulators.courier import Bag
from tests.simulators.keepers import QuickPasswords
from tests.simulators.post import ADA, BOB, EVE, FILE, POST, read_page
from tests.simulators.rotor import MemoryRotor

WORKFLOWS = Path(__file__).resolve().parents[3] / "examples" / "workflows"
PASSWORD = "a long enough password"
PEOPLE = {
    "ana": ("admin",),
    "bo": ("approver",),
    "cleo": ("builder",),
    "dov": ("operator",),
    "vi": ("viewer",),
    "tess": ("approver",),
}
ALIASES = {"tess": ("telegram:4242",)}
"""Tess is the customer's account too: what she asks for she may not approve."""
HOSTILE = "<script>alert(1)</script>"
REVERSED = "invoice\u202efdp.exe"
LONG = "n" * 200


@dataclass
class Shop:
    """The service, the gateway, and ids that tests ask for."""

    service: Service
    clock: ShopClock
    gateway: Gateway = field(init=False)
    ids: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    turns: int = 0
    seq: int = 0

    async def ask(self, hook: str, event: dict[str, Any], **context: Any) -> Decided:
        self.seq += 1
        self.service.gateways.number(self.gateway, "boot-1", self.seq)
        question = hooks.asked(hook, event, context)
        return await self.service.decisions.answer(question, self.gateway)

    async def report(self, hook: str, event: dict[str, Any], **context: Any) -> None:
        self.seq += 1
        report = {"seq": self.seq, "at": 0, "hook": hook, "event": event, "ctx": context}
        await self.service.gateways.report(self.gateway, "boot-1", [report])

    async def beat(self) -> None:
        """The gateway's plugin is alive."""
        await self.service.gateways.beat(self.gateway, {"boot": "boot-1", "seq": self.seq})

    async def call(self, tool: str, params: dict[str, Any], context: dict[str, Any]) -> Decided:
        """A call; when it is permitted, it runs and its result is read."""
        call = f"call-{self.seq}"
        told = {"toolName": tool, "params": params, "toolCallId": call}
        decided = await self.ask("tool", told, **context, toolCallId=call)
        if decided.decision.verdict == "permit":
            self.clock.forward(seconds=0.4)
            result = {"toolName": tool, "toolCallId": call, "text": "done", "isError": False}
            await self.ask("result", result, **context, toolCallId=call)
            done = {"toolName": tool, "toolCallId": call, "durationMs": 340, "result": "done"}
            await self.report("after_tool_call", done, **context, toolCallId=call)
        return decided

    @asynccontextmanager
    async def turn(self, agent: str, sender: str, words: str) -> AsyncIterator[dict[str, Any]]:
        """A message, what the agent does with it, its reply."""
        self.turns += 1
        session = f"agent:{agent}:telegram:direct:{sender}"
        run, message = f"run-{self.turns}", f"msg-{self.turns}"
        where = {"messageProvider": "telegram", "senderId": sender, "senderIsOwner": False}
        context = {"agentId": agent, "sessionKey": session, "runId": run, **where}
        got = {"content": words, "messageId": message, **where}
        await self.report("message_received", got, agentId=agent, sessionKey=session, **where)
        self.clock.forward(seconds=0.2)
        await self.ask("run", {"prompt": words, **where}, **context)
        self.clock.forward(seconds=1.5)
        yield context
        self.clock.forward(seconds=1.2)
        await self.ask("reply", {"text": "It is done.", "channel": "telegram"}, **context)
        sent = {"to": sender, "content": "It is done.", "success": True}
        await self.report("message_sent", sent, **context)
        await self.report("agent_end", {"success": True}, **context)
        self.clock.forward(minutes=4)

    def as_(self, name: str) -> SignedIn:
        return self.service.operators.who(self.secrets[name])


def make(folder: Path, clock: ShopClock, rules: Rules) -> Service:
    keys = folder / "keys"
    keys.mkdir(mode=0o700)
    own = OwnVault(folder / "vault", LocalMaster(secret_file(keys / "master.key")))
    return Service(
        Running(
            store=open_store(folder / "clawband.db", secret_file(keys / "payload.key")),
            shelf=FileShelf(folder / "policies"),
            signer=FileSigner("clawband/shop", keys / "log.key"),
            witness=FileWitness(folder / "witness"),
            clock=clock,
            randomness=MachineEntropy(),
            passwords=QuickPasswords(),
            catalogue=tools.catalogue(),
            controls={},
            holding=Holding(wait=timedelta(minutes=5), life=timedelta(hours=8)),
            people=rules,
            courier=Bag(),
            vaults={OWN: own},
            keeping=Keeping(wrapping=own, beside=True),
            prints=secret_file(keys / "prints.key"),
            credentials={"sample": files_of(folder, HOSTILE)},
            rotors={"memory": MemoryRotor(alive={b"the second one"})},
            tls=certified.of()(folder / "authority"),
            doors=(
                DoorSettings(
                    name="shop",
                    gateway="sample",
                    listen="127.0.0.1:9443",
                    origin="https://shop.example",
                    roles={"operator": ("operator.read",)},
                    certificate="shop",
                ),
            ),
            own_uses=(
                OwnUse("model provider stub", "file stub.key", "models.example"),
                OwnUse("mail", "secret mail/password", "mail.example"),
            ),
        )
    )


@asynccontextmanager
async def open_shop(folder: Path, rules: Rules, *, story: bool = True) -> AsyncIterator[Shop]:
    """The shop, open; with its day told unless `story` is false."""
    clock = ShopClock(datetime.now(UTC) - timedelta(hours=3))
    shop = Shop(make(folder, clock, rules), clock)
    await shop.service.start()
    try:
        for name in PEOPLE:
            await _employ(shop, name)
        if story:
            await tell(shop)
        clock.run()
        if story:
            beat = {"boot": "boot-1", "seq": shop.seq, "versions": {"openclaw": "2026.9.6"}}
            await shop.service.gateways.beat(shop.gateway, beat)
        yield shop
    finally:
        await shop.service.stop()


async def _employ(shop: Shop, name: str) -> None:
    """An operator who is signed in."""
    now, roles = shop.clock.now(), frozenset(Role(role) for role in PEOPLE[name])
    aliases = frozenset(ALIASES.get(name, ()))
    operator = Operator(name=name, roles=roles, aliases=aliases, added=now)
    running = shop.service.running
    await running.commit(Unit([], [PutOperator(operator, running.passwords.hash(PASSWORD))]))
    # As a terminal, so that it lasts through the day that is told.
    shop.secrets[name], unit = sessions.enter(
        name, Method.PASSWORD, Seen(terminal=True),
        known=running.store, now=now, entropy=running.entropy(),
    )  # fmt: skip
    await running.commit(Unit([], unit.changes))


async def tell(shop: Shop) -> None:
    """The day: what goes right, what is refused, what waits, what is not in order."""
    service, clock = shop.service, shop.clock
    _, shop.gateway = await service.gateways.enroll("sample", "dev", "set-up")
    files = {path.name: path.read_text() for path in sorted(WORKFLOWS.glob("*.toml"))}
    files[FILE] = POST
    few = {name: text for name, text in files.items() if name != "document.toml"}
    await service.policies.publish_as(few, "set-up", "the first set")
    clock.forward(minutes=9)
    await service.policies.publish_as(files, "cleo", "documents, too")
    clock.forward(minutes=9)
    await _right(shop)
    await _wrong(shop)
    await _posted(shop)
    await _held(shop)
    await service.log.seal()


async def _right(shop: Shop) -> None:
    for number in range(6):
        async with shop.turn("lead", f"70{number}", "a new lead") as context:
            await shop.call("crm_read", {"id": f"lead-{number}"}, context)
            await shop.call("notify", {"team": "sales", "text": "A good one"}, context)
    async with shop.turn("document", "91", "file this") as context:
        await shop.call("doc_read", {"id": "contract-7"}, context)
        done = await shop.call("doc_label", {"id": "contract-7", "label": "signed"}, context)
        shop.ids["permit"] = done.id


async def _wrong(shop: Shop) -> None:
    service = shop.service
    async with shop.turn("lead", "703", "and pay them") as context:
        denied = await shop.call("billing_read", {"customer": "4711"}, context)
        shop.ids["deny"] = denied.id
        await shop.call("send_contract", {"customer": "4711"}, context)
    async with shop.turn("support", "66", "names") as context:
        for name in (HOSTILE.replace(" ", ""), LONG):
            await shop.call(name, {"text": HOSTILE}, context)
    problem = InputError("expected valid UTF-8, got a broken byte at 17")
    await service.decisions.refuse_input(shop.gateway, problem)
    beat = {"boot": "boot-1", "seq": shop.seq + 3, "counts": {"unreachable": 1}, "refused": [
        {"seq": shop.seq + 1, "at": 1, "hook": "tool", "tool": "exec", "agent": "support",
         "why": "deadline"},
    ]}  # fmt: skip
    await service.gateways.beat(shop.gateway, beat)
    shop.seq += 3
    await service.stops.pause("tool", "exec", shop.as_("dov"), "odd commands since noon")


async def _posted(shop: Shop) -> None:
    """A page that wants mail; somebody vouches for one address, and for another no longer."""

    async def ask(hook: str, event: dict[str, Any], **context: Any) -> Decided:
        shop.clock.forward(seconds=0.7)
        return await shop.ask(hook, event, **context)

    turn, people = await read_page(ask), shop.service.endorsements
    await turn.mail(ADA)
    for press, purpose in (("press@example.org", "the press list"), ("old@example.org", "once")):
        lacks = await turn.mail(press)
        (given,) = await people.add_for(lacks.id, shop.as_("bo"), purpose)
        await turn.mail(press, text="again")
    await people.revoke(given.id, shop.as_("dov"))
    shop.ids["endorsement"] = given.id
    held = await turn.mail(ADA, EVE)
    shop.ids["mail"], shop.ids["mailed"] = approval_of(held), held.id
    await turn.mail(BOB)
    await shop.report("agent_end", {"success": True}, runId=turn.run, agentId="post")
    shop.clock.forward(minutes=6)


async def _held(shop: Shop) -> None:
    service = shop.service
    for name, amount in (("used", 1_900), ("refused", 990_000), ("parked", 4_200)):
        async with shop.turn("support", "4242", "my money back") as context:
            params = {"order": f"A-{amount}", "amount": amount, "reason": "broken on arrival"}
            shop.ids[name] = approval_of(await shop.call("refund", params, context))
            shop.clock.forward(seconds=30)
            if name == "used":
                await service.approvals.grant(shop.ids[name], shop.as_("bo"))
                await shop.call("refund", params, context)
            elif name == "refused":
                note = "too much for one order"
                await service.approvals.refuse(shop.ids[name], shop.as_("bo"), note)
    shop.clock.forward(minutes=20)
    async with shop.turn("support", "66", "close it") as context:
        shop.clock.run()
        odd = {"account": "8812", "name": HOSTILE, "file": REVERSED, "blank": "   ",
               "note": "line one\nline two", "amount": 7, "tags": ["a", None]}  # fmt: skip
        held = await shop.call("account_close", odd, context)
        shop.ids["waiting"], shop.ids["hold"] = approval_of(held), held.id


def approval_of(decided: Decided) -> str:
    assert isinstance(decided.decision, Hold), decided.decision
    assert decided.decision.approval
    return decided.decision.approval
