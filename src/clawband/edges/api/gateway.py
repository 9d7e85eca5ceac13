"""The plugin's endpoint: ask, await, command, report, heartbeat. Compact: it is on the hot path."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from clawband.approvals import lifecycle
from clawband.edges.api import bypass, lend, wire
from clawband.edges.api.problems import problem
from clawband.flows.decide import Decided
from clawband.model.access import Deny, Hold, Permit
from clawband.model.approval import Approval, ApprovalState
from clawband.model.deployment import Gateway
from clawband.model.errors import (
    AuthenticationError,
    ConflictError,
    Error,
    InputError,
    NotFoundError,
    UnavailableError,
)
from clawband.openclaw import commands, hooks, validation
from clawband.service.service import Service

AWAIT_SECONDS = 20
REMEMBERED = 4_096
UNANSWERED = UnavailableError("the question was not answered", remedy="ask again")

_ask = msgspec.json.Decoder(wire.Ask)
_await = msgspec.json.Decoder(wire.Await)
_typed = msgspec.json.Decoder(wire.Typed)
_report = msgspec.json.Decoder(wire.Report)
_beat = msgspec.json.Decoder(wire.Beat)


def routes(service: Service) -> list[BaseRoute]:
    """The plugin's five paths, that of `clawband contain`, and that of the secret provider."""
    desk = Desk(service)
    return [
        Route("/gateway/v1/ask", desk.ask, methods=["POST"]),
        Route("/gateway/v1/await", desk.wait, methods=["POST"]),
        Route("/gateway/v1/command", desk.command, methods=["POST"]),
        Route("/gateway/v1/report", desk.report, methods=["POST"]),
        Route("/gateway/v1/heartbeat", desk.beat, methods=["POST"]),
        *bypass.routes(service),
        *lend.routes(service),
    ]


Answering = Callable[[Gateway, bytes], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class _Answered:
    """A question by its SHA-256, and its answer as soon as there is one."""

    question: bytes
    answer: "asyncio.Future[bytes]"


class Desk:
    """Answers of this server start, so that a question sent twice gets one answer."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._answered: OrderedDict[tuple[str, str, int], _Answered] = OrderedDict()

    async def ask(self, request: Request) -> Response:
        return await self._serve(request, self._ask)

    async def wait(self, request: Request) -> Response:
        return await self._serve(request, self._wait)

    async def command(self, request: Request) -> Response:
        return await self._serve(request, self._command)

    async def report(self, request: Request) -> Response:
        return await self._serve(request, self._report)

    async def beat(self, request: Request) -> Response:
        return await self._serve(request, self._beat)

    async def _serve(self, request: Request, answer: Answering) -> Response:
        """What was wrongly sent is recorded; when even that fails the answer is a refusal all
        the same."""
        gateway: Gateway | None = None
        try:
            gateway = self._gateway(request)
            return _json(await answer(gateway, await wire.body(request)))
        except (InputError, AuthenticationError, ConflictError, NotFoundError) as error:
            try:
                await self._service.decisions.refuse_input(gateway, InputError(error.message))
            except Error as failed:
                return problem(failed)
            return problem(error)
        except Error as error:
            return problem(error)

    async def _wait(self, gateway: Gateway, data: bytes) -> bytes:
        asked = wire.read(data, _await)
        approval = await self._service.approvals.wait(asked.approval, gateway, AWAIT_SECONDS)
        return wire.encode(self._state(approval))

    async def _command(self, gateway: Gateway, data: bytes) -> bytes:
        typed = wire.read(data, _typed)
        said = commands.command(typed.event, typed.ctx, gateway)
        return wire.encode({"text": await self._service.chats.answer(said)})

    async def _report(self, gateway: Gateway, data: bytes) -> bytes:
        told = wire.read(data, _report)
        boot = validation.name(told.boot, "boot", required=True)
        await self._service.gateways.report(gateway, boot, told.events)
        return b'{"ok":true}'

    async def _beat(self, gateway: Gateway, data: bytes) -> bytes:
        beat = wire.read(data, _beat)
        await self._service.gateways.beat(gateway, msgspec.structs.asdict(beat))
        return b'{"ok":true}'

    async def _ask(self, gateway: Gateway, data: bytes) -> bytes:
        asked = wire.read(data, _ask)
        boot = validation.name(asked.boot, "boot", required=True)
        key, question = (gateway.name, boot, asked.seq), sha256(data).digest()
        before = self._answered.get(key)
        if before and before.question != question:
            raise ConflictError(
                f"number {asked.seq} was used for another question",
                remedy="restart the gateway: its plugin counts wrongly",
            )
        if before:
            return await asyncio.shield(before.answer)
        if not self._service.gateways.number(gateway, boot, asked.seq):
            # Seen, but not remembered: a report had this number, or it is very old.
            raise ConflictError(
                f"number {asked.seq} was used before", remedy="ask again with a new number"
            )
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._answered[key] = _Answered(question, answer)
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)
        try:
            answer.set_result(await self._answer(gateway, asked))
        except BaseException as error:
            self._answered.pop(key, None)
            answer.set_exception(error if isinstance(error, Error) else UNANSWERED)
            answer.exception()  # whoever else waits sees it; if nobody does, it is no loss
            if isinstance(error, UnavailableError):
                self._service.gateways.forget(gateway, boot, asked.seq)
            raise
        return answer.result()

    async def _answer(self, gateway: Gateway, asked: wire.Ask) -> bytes:
        question = hooks.asked(asked.hook, asked.event, asked.ctx)
        return wire.encode(self._shape(await self._service.decisions.answer(question, gateway)))

    def _shape(self, decided: Decided) -> wire.Answer:
        decision = decided.decision
        match decision:
            case Permit():
                params = None if decision.params is None else dict(decision.params)
                return wire.Answer("permit", decided.id, params=params, text=decision.text)
            case Hold():
                seconds = self._service.running.holding.wait.total_seconds()
                return wire.Answer(
                    "hold",
                    decided.id,
                    words(decision.reasons[0].because, _who(decision), decided.id),
                    approval=decision.approval or "",
                    wait_seconds=seconds,
                )
            case Deny():
                said = words(decision.reasons[0].because, decision.remedy, decided.id)
                active = self._service.policies.active
                principal = decided.request.principal
                instead = active.reply_instead(principal, decision) if active else ""
                if instead:
                    # The reply is denied; the manifest's own words may go out in its place.
                    return wire.Answer("permit", decided.id, said, text=instead)
                return wire.Answer("deny", decided.id, said)

    def _state(self, approval: Approval) -> dict[str, str]:
        state = str(approval.state)
        reason = ""
        if lifecycle.parked(approval, self._service.running.now()):
            state = "parked"
            reason = (
                f"parked as {approval.id}: it runs once after approval, when you ask for exactly "
                "the same again; go on with other work"
            )
        elif approval.state is ApprovalState.REFUSED:
            reason = f"{approval.closed_by} refused it: {approval.note or 'no reason given'}"
        elif approval.state is ApprovalState.EXPIRED:
            reason = "nobody decided in time"
        elif lifecycle.covered(approval):
            state = "granted"  # asked again, it is permitted without an approval
        elif approval.state is ApprovalState.SPENT:
            state, reason = "expired", "the approval was used already"
        return {"state": state, "reason": reason}

    def _gateway(self, request: Request) -> Gateway:
        return self._service.gateways.authenticate(request.headers.get("authorization", ""))


def words(because: str, remedy: str, decision: str) -> str:
    """What an agent or a sender is told: why, what would change it, under which id."""
    return f"{because}{'. ' + remedy if remedy else ''} ({decision})"


def _who(decision: Hold) -> str:
    wanted = " or ".join(lifecycle.describe(each) for each in decision.requirements)
    return f"waiting for {wanted}"


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
