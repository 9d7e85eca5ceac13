"""A state folder with a long history: decisions, approvals, people, sign-ins.

The store itself writes it, in units like those of the service, only with more in each. It covers
the 90 days before now, and is the same every time but for its times.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256 as hashed
from itertools import count
from time import perf_counter
from typing import Any

from benchmarks.who_can import AGENTS, GATEWAYS, manifest, people
from clawband.bootstrap.serving import opened
from clawband.flows import credentials, record, sessions
from clawband.identity.assurance import Method
from clawband.identity.passkeys import Passkey, index
from clawband.identity.session import Seen
from clawband.model import ids
from clawband.model.access import Reason, Requirement
from clawband.model.approval import Approval, ApprovalState
from clawband.model.digest import Json, sha256
from clawband.model.event import Event, Tag
from clawband.model.ids import ApprovalId, DecisionId
from clawband.model.person import Operator, Role
from clawband.ports.unit import OpenApproval, PutOperator, Unit
from clawband.service.service import Service
from clawband.settings import Settings

LENGTH, DAY = timedelta(days=90), timedelta(hours=8)
AT_ONCE = 10_000
"""Decisions in one unit, at least."""
WAITING = 500
"""Approvals that nobody decided yet."""
PASSWORD = "correct horse battery"
BY_PASSWORD, BY_PASSKEY = "vera", "ada"
_CLOSED = (ApprovalState.SPENT, ApprovalState.REFUSED, ApprovalState.EXPIRED, ApprovalState.SPENT)
_AFTER = {
    ApprovalState.SPENT: Tag.APPROVAL_SPEND,
    ApprovalState.REFUSED: Tag.APPROVAL_REFUSE,
    ApprovalState.EXPIRED: Tag.APPROVAL_EXPIRE,
}


@dataclass(frozen=True, slots=True)
class Filled:
    """What the history holds, and a bearer secret of an administrator."""

    secret: str
    leaves: int
    approvals: int
    seconds: float


async def fill(settings: Settings, decisions: int, approvals: int) -> Filled:
    async with opened(settings) as service:
        for number in range(GATEWAYS):
            await service.gateways.enroll(f"gateway{number}", "production", "bench")
        files = {f"team{number}.toml": manifest(number) for number in range(AGENTS)}
        await service.policies.publish_as(files, "bench", "")
        secret = await _people(service)
        started, now, unit = perf_counter(), datetime.now(UTC), Unit()
        for number in range(approvals):
            at = now - LENGTH * (1 - number / approvals)
            waits = number >= approvals - WAITING
            _Turn(number, at, unit).happen(decisions // approvals, waits=waits)
            if len(unit.events) > AT_ONCE or number == approvals - 1:
                await service.running.commit(unit)
                unit = Unit()
        took = perf_counter() - started
        return Filled(secret, service.running.store.size(), approvals, took)


async def _people(service: Service) -> str:
    """1,000 people with a passkey and a sign-in each, and two who sign in here."""
    running, everybody = service.running, people()
    roles = frozenset({Role.ADMIN, Role.APPROVER})
    everybody.append(Operator(name=BY_PASSKEY, roles=roles, added=running.now()))
    await service.operators.add_as(BY_PASSWORD, ["viewer"], (), PASSWORD, "bench")
    secrets = await asyncio.gather(*(_person(service, each) for each in everybody))
    return secrets[-1]


async def _person(service: Service, each: Operator) -> str:
    running, name = service.running, each.name
    credential = sha256(name.encode())
    passkey = Passkey(
        operator=name, credential=credential, key=b"", count=0, label="a key", synced=False,
        added=running.now(),
    )  # fmt: skip
    # As at a terminal, so that it is not over after half an hour without use.
    seen = Seen(address="192.0.2.7", agent="Firefox/140.0 Linux", device=name, terminal=True)
    secret, unit = sessions.enter(
        name, Method.PASSKEY, seen, known=running.store,
        now=running.now(), entropy=running.entropy(),
    )  # fmt: skip
    kept = credentials.PASSKEY.new(f"{name} {index(credential)}", passkey)
    await running.commit(Unit(unit.events, [PutOperator(each, ""), kept, *unit.changes]))
    return secret


@dataclass
class _Turn:
    """What one message of a person leads to."""

    number: int
    at: datetime
    unit: Unit
    _drawn: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        agent, person = self.number % AGENTS, self.number % 997
        self.agent = f"gateway{agent % GATEWAYS}/agent{agent}"
        self.tool = f"tool{agent}-{self.number % 10}"
        self.about = {
            "who": f"telegram:{person}", "gateway": self.agent.partition("/")[0],
            "agent": self.agent, "session": f"agent:agent{agent}:telegram:direct:{person}",
            "run": f"run-{self.number}", "trace": f"trace-{self.number}",
            "policy": sha256(b"policy"),
        }  # fmt: skip

    def happen(self, decisions: int, *, waits: bool) -> None:
        """So many decisions, the last of them held for an approval."""
        for step in range(1, decisions):
            self.at += timedelta(milliseconds=40)
            denied = (self.number + step) % 20 == 0
            self._event(
                Tag.DECISION_DENY if denied else Tag.DECISION_PERMIT, kind="dec",
                action="tool:read", resource=f"Tool::{self.tool}", call=f"{self.number}-{step}",
                outcome="deny" if denied else "permit", detail=_detail(),
            )  # fmt: skip
        self._hold(ApprovalState.PENDING if waits else _CLOSED[self.number % 4])
        self._event(Tag.RUN_FINISH, outcome="ok")

    def _hold(self, state: ApprovalState) -> None:
        arguments: dict[str, Json] = {"to": f"{self.number}@example.com", "text": "Hello. " * 40}
        kept = record.payload_of(arguments, self._draw())
        card = ApprovalId(ids.new("apr", self.at, self._draw()))
        named = {"action": "tool:send", "resource": f"Tool::{self.tool}"}
        held = self._event(
            Tag.DECISION_HOLD, kind="dec", outcome="hold",
            detail=_detail(approval=card, payload=kept.digest), **named,
        )  # fmt: skip
        follows = {"cause": held, "detail": {"approval": card}, **named}
        self._event(Tag.APPROVAL_OPEN, **follows)
        if state in _AFTER:
            self._event(_AFTER[state], **follows)
        over = None if state is ApprovalState.PENDING else self.at
        approval = Approval(
            id=card, request=sha256(card.encode()), decision=DecisionId(held),
            asker=self.about["who"], agent=self.agent, action="tool:send", resource=self.tool,
            session=self.about["session"], requirements=(Requirement("approver"),),
            reasons=(Reason("support/send", "sending mail wants an approval"),),
            opened=self.at, wait_until=self.at + timedelta(minutes=5),
            expires=(over or datetime.now(UTC)) + DAY, state=state, closed=over,
            closed_by=BY_PASSKEY if over else "", payload=kept.digest,
        )  # fmt: skip
        self.unit.changes += [kept, OpenApproval(approval)]

    def _event(self, tag: Tag, kind: str = "evt", **more: Any) -> str:
        named = ids.new(kind, self.at, self._draw())
        self.unit.events.append(Event(id=named, at=self.at, tag=tag, **self.about, **more))
        return named

    def _draw(self) -> bytes:
        return hashed(f"{self.number}/{next(self._drawn)}".encode()).digest()[:16]


def _detail(**more: Json) -> dict[str, Json]:
    """What the leaf of a call says beside its ids; about 600 bytes, as `flows.record` has it."""
    return {
        "authority": "stranger", "environment": "production", "workflow": "support",
        "integrity": 1, "confidentiality": 1, "sources": ["telegram:4242"], "size": 214,
        "reasons": ["support/read-crm_read"], "named": ["crm.example.com"],
        "because": ["`support` may read `crm_read`: the manifest says so"],
        "endorsable": ["to"], **more,
    }  # fmt: skip
