"""The operators' API: what the command line calls. Every path names the act it needs."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from clawband.approvals import lifecycle
from clawband.edges.api import asked, bearer, idempotency, stories, views, wire
from clawband.edges.api.problems import problem
from clawband.flows.authority import may
from clawband.flows.explain import kept, told
from clawband.identity.roles import Act
from clawband.model.approval import Approval, ApprovalState
from clawband.model.errors import Error, InputError, NotFoundError
from clawband.model.ids import ApprovalId
from clawband.model.person import SignedIn
from clawband.service.service import Service

Action = Callable[["Operations", Request, SignedIn], Awaitable[Any]]
_object = msgspec.json.Decoder(dict[str, Any])


def routes(service: Service) -> list[BaseRoute]:
    """All paths below `/api/v1`."""
    operations = Operations(service)
    return [
        route(service, path, method, partial(action, operations)) for path, method, action in ROUTES
    ]


def route(
    service: Service, path: str, method: str, act: Callable[[Request, SignedIn], Awaitable[Any]]
) -> Route:
    """A path for who is signed in; what `act` returns is the answer, what it raises a problem."""
    replays = idempotency.of(service, service.running.now)

    async def serve(request: Request) -> Response:
        try:
            signed = bearer.who(service, request)
        except Error as error:
            return problem(error)

        async def answer() -> Response:
            try:
                bearer.reach(signed, method, path)
                result = await act(request, signed)
            except Error as error:
                return problem(error, signed=True)
            return result if isinstance(result, Response) else _json(result)

        try:
            return await replays.once(request, signed.session, answer)
        except Error as error:
            return problem(error, signed=True)

    return Route(f"/api/v1{path}", serve, methods=[method], name=f"{method} {path}")


class Operations:
    """One method per path."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def sign_out(self, _request: Request, signed: SignedIn) -> Any:
        await self._service.operators.sign_out(signed)
        return {"ok": True}

    async def whoami(self, _request: Request, signed: SignedIn) -> Any:
        return {"operator": views.operator(signed.operator), "assurance": signed.assurance}

    async def status(self, _request: Request, _signed: SignedIn) -> Any:
        return views.status(self._service)

    async def approvals(self, request: Request, signed: SignedIn) -> Any:
        everything = request.query_params.get("state") == "all"
        states = frozenset(ApprovalState) if everything else lifecycle.OPEN
        found = self._service.running.store.approvals(states, limit=asked.limit(request))
        return {"approvals": [await self._approval(each, signed) for each in found]}

    async def approval(self, request: Request, signed: SignedIn) -> Any:
        named = request.path_params["id"]
        found = self._service.running.store.approval(ApprovalId(named))
        if found is None:
            raise NotFoundError(f"there is no approval `{named[:40]}`")
        return await self._approval(found, signed)

    async def grant(self, request: Request, signed: SignedIn) -> Any:
        granted = await self._service.approvals.grant(request.path_params["id"], signed)
        return await self._approval(granted, signed)

    async def refuse(self, request: Request, signed: SignedIn) -> Any:
        body = await given(request, "note", optional=True)
        refused = await self._service.approvals.refuse(
            request.path_params["id"], signed, body.get("note", "")
        )
        return await self._approval(refused, signed)

    async def events(self, request: Request, _signed: SignedIn) -> Any:
        found = await self._service.log.find(asked.query(request))
        return {"events": [views.leaf(each) for each in found]}

    async def event(self, request: Request, signed: SignedIn) -> Any:
        leaf = await self._service.log.leaf(request.path_params["id"])
        if leaf is None:
            raise NotFoundError("there is no such event", remedy="copy the whole id")
        body = await self._sealed(str(leaf.event.detail.get("payload", "")), signed)
        return {**views.leaf(leaf), "arguments": _arguments(body)}

    async def proof(self, request: Request, _signed: SignedIn) -> Any:
        proof = await self._service.log.prove(request.path_params["id"])
        return Response(proof, media_type="application/json")

    async def walk(self, request: Request, _signed: SignedIn) -> Any:
        return views.walk(await self._service.log.walk(request.path_params["id"]))

    async def export(self, _request: Request, signed: SignedIn) -> Any:
        lines = await self._service.log.export(signed)
        return StreamingResponse(lines, media_type="application/jsonl")

    async def key(self, _request: Request, _signed: SignedIn) -> Any:
        return {"key": self._service.log.key}

    async def stream(self, _request: Request, _signed: SignedIn) -> Any:
        async def lines() -> Any:
            async for leaves in self._service.log.watch():
                for each in leaves:
                    yield b"data: " + wire.encode(views.leaf(each)) + b"\n\n"

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def controls(self, _request: Request, _signed: SignedIn) -> Any:
        return {"controls": [views.control(each) for each in self._service.stops.controls()]}

    async def pause(self, request: Request, signed: SignedIn) -> Any:
        body = await given(request, "kind", "name")
        control, aborted = await self._service.stops.pause(
            body["kind"], body["name"], signed, body.get("reason", "")
        )
        ended = {"sessions": aborted.sessions, "failed": aborted.failed}
        return {"control": views.control(control), "aborted": ended}

    async def resume(self, request: Request, signed: SignedIn) -> Any:
        body = await given(request, "kind", "name")
        control = await self._service.stops.resume(body["kind"], body["name"], signed)
        return {"control": views.control(control)}

    async def policy(self, _request: Request, _signed: SignedIn) -> Any:
        return views.policy(self._service)

    async def publish(self, request: Request, signed: SignedIn) -> Any:
        body = wire.read(await wire.body(request), _object)
        files = body.get("files")
        if not isinstance(files, dict) or not all(isinstance(t, str) for t in files.values()):
            raise InputError("expected `files` to be texts by file name")
        note = str(body.get("note", ""))[:500]
        built = await self._service.policies.publish(files, signed, note)
        return {"digest": built.digest, "policies": len(built.policies)}

    async def roll_back(self, _request: Request, signed: SignedIn) -> Any:
        restored = await self._service.policies.roll_back(signed)
        return {"digest": restored.digest, "policies": len(restored.policies)}

    async def workflows(self, _request: Request, _signed: SignedIn) -> Any:
        return views.workflows(self._service)

    async def operators(self, _request: Request, _signed: SignedIn) -> Any:
        return {"operators": [views.operator(each) for each in self._service.operators.list()]}

    async def add_operator(self, request: Request, signed: SignedIn) -> Any:
        body = wire.read(await wire.body(request), _object)
        added = await self._service.operators.add(
            str(body.get("name", "")), texts(body, "roles"), texts(body, "aliases"),
            str(body.get("password", "")), signed,
        )  # fmt: skip
        return {"operator": views.operator(added)}

    async def remove_operator(self, request: Request, signed: SignedIn) -> Any:
        await self._service.operators.remove(request.path_params["name"], signed)
        return {"ok": True}

    async def gateways(self, _request: Request, _signed: SignedIn) -> Any:
        return {"gateways": views.gateways(self._service)}

    async def enroll(self, request: Request, signed: SignedIn) -> Any:
        body = await given(request, "name", "environment")
        secret, gateway = await self._service.gateways.enroll_as(
            body["name"], body["environment"], signed
        )
        return {"credential": secret, "gateway": gateway.name}

    async def boundaries(self, request: Request, signed: SignedIn) -> Any:
        return asdict(self._service.gateways.boundaries(request.path_params["name"], signed))

    async def _approval(self, approval: Approval, signed: SignedIn) -> dict[str, Any]:
        body = await self._sealed(approval.payload, signed)
        parked = lifecycle.parked(approval, self._service.running.now())
        values = [stories.value(each) for each in told(kept(body))]
        more = {"parked": parked, "arguments": _arguments(body), "values": values}
        return {**views.approval(approval), **more}

    async def _sealed(self, digest: str, signed: SignedIn) -> bytes | None:
        """What is kept of a request, for roles that may read it; None for others."""
        if not digest or not may(signed, Act.READ_PAYLOAD):
            return None
        return await self._service.log.payload(digest, signed)


ROUTES: tuple[tuple[str, str, Action], ...] = (
    ("/session", "DELETE", Operations.sign_out),
    ("/session", "GET", Operations.whoami),
    ("/status", "GET", Operations.status),
    ("/approvals", "GET", Operations.approvals),
    ("/approvals/{id}", "GET", Operations.approval),
    ("/approvals/{id}/grant", "POST", Operations.grant),
    ("/approvals/{id}/refuse", "POST", Operations.refuse),
    ("/events", "GET", Operations.events),
    ("/events/{id}", "GET", Operations.event),
    ("/events/{id}/proof", "GET", Operations.proof),
    ("/walk/{id:path}", "GET", Operations.walk),
    ("/export", "GET", Operations.export),
    ("/key", "GET", Operations.key),
    ("/stream", "GET", Operations.stream),
    ("/controls", "GET", Operations.controls),
    ("/pause", "POST", Operations.pause),
    ("/resume", "POST", Operations.resume),
    ("/policy", "GET", Operations.policy),
    ("/policy", "POST", Operations.publish),
    ("/policy/rollback", "POST", Operations.roll_back),
    ("/workflows", "GET", Operations.workflows),
    ("/operators", "GET", Operations.operators),
    ("/operators", "POST", Operations.add_operator),
    ("/operators/{name}", "DELETE", Operations.remove_operator),
    ("/gateways", "GET", Operations.gateways),
    ("/gateways", "POST", Operations.enroll),
    ("/gateways/{name}/boundaries", "GET", Operations.boundaries),
)


def _arguments(body: bytes | None) -> Any:
    return msgspec.json.decode(body).get("arguments") if body else None


def texts(body: dict[str, Any], key: str) -> list[str]:
    """Raises `InputError`."""
    value = body.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InputError(f"expected `{key}` to be a list of texts")
    return value


async def given(request: Request, *names: str, optional: bool = False) -> dict[str, str]:
    """The texts of a JSON body. Raises `InputError` when a named one is missing."""
    data = await wire.body(request)
    body = wire.read(data or b"{}", _object)
    for name in names:
        if not isinstance(body.get(name), str) and not (optional and name not in body):
            raise InputError(f"expected `{name}` to be a text", remedy="send it")
    return {key: value for key, value in body.items() if isinstance(value, str)}


def _json(value: Any) -> Response:
    return Response(wire.encode(value), media_type="application/json")
