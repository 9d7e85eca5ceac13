"""The operators' API: what the command line calls. Every path names the act it needs."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from clawband.approvals import lifecycle
from clawband.edges.api import asked, routing, stories, views, wire
from clawband.flows.authority import require
from clawband.flows.explain import kept, told
from clawband.flows.sight import about
from clawband.identity.roles import Act
from clawband.model.approval import Approval, ApprovalState
from clawband.model.errors import InputError, NotFoundError
from clawband.model.person import SignedIn
from clawband.service.service import Service

Action = Callable[["Operations", Request, SignedIn], Awaitable[Any]]


def routes(service: Service) -> list[BaseRoute]:
    """All paths below `/api/v1`."""
    operations = Operations(service)
    return [
        routing.route(service, path, method, partial(action, operations))
        for path, method, action in ROUTES
    ]


class Operations:
    """One method per path."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def sign_out(self, _request: Request, signed: SignedIn) -> Any:
        await self._service.operators.sign_out(signed)
        return {"ok": True}

    async def whoami(self, _request: Request, signed: SignedIn) -> Any:
        return {"operator": views.operator(signed.operator), "assurance": signed.assurance}

    async def status(self, _request: Request, signed: SignedIn) -> Any:
        return views.status(self._service, self._service.seen(signed))

    async def approvals(self, request: Request, signed: SignedIn) -> Any:
        everything = request.query_params.get("state") == "all"
        states = frozenset(ApprovalState) if everything else lifecycle.OPEN
        found = self._service.seen(signed).approvals(states, asked.limit(request))
        return {"approvals": [await self._approval(each, signed) for each in found]}

    async def approval(self, request: Request, signed: SignedIn) -> Any:
        found = self._service.seen(signed).approval(request.path_params["id"])
        return await self._approval(found, signed)

    async def grant(self, request: Request, signed: SignedIn) -> Any:
        granted = await self._service.approvals.grant(request.path_params["id"], signed)
        return await self._approval(granted, signed)

    async def refuse(self, request: Request, signed: SignedIn) -> Any:
        body = await asked.given(request, "note", optional=True)
        refused = await self._service.approvals.refuse(
            request.path_params["id"], signed, body.get("note", "")
        )
        return await self._approval(refused, signed)

    async def events(self, request: Request, signed: SignedIn) -> Any:
        found = await self._service.seen(signed).find(asked.query(request))
        return {"events": [views.leaf(each) for each in found]}

    async def event(self, request: Request, signed: SignedIn) -> Any:
        leaf = await self._service.seen(signed).leaf(request.path_params["id"])
        if leaf is None:
            raise NotFoundError("there is no such event", remedy="copy the whole id")
        digest = str(leaf.event.detail.get("payload", ""))
        body = await self._sealed(digest, about(leaf.event), signed)
        return {**views.leaf(leaf), "arguments": _arguments(body)}

    async def proof(self, request: Request, signed: SignedIn) -> Any:
        proof = await self._service.seen(signed).prove(request.path_params["id"])
        return Response(proof, media_type="application/json")

    async def walk(self, request: Request, signed: SignedIn) -> Any:
        return views.walk(await self._service.seen(signed).walk(request.path_params["id"]))

    async def export(self, _request: Request, signed: SignedIn) -> Any:
        lines = await self._service.log.export(signed)
        return StreamingResponse(lines, media_type="application/jsonl")

    async def key(self, _request: Request, _signed: SignedIn) -> Any:
        return {"key": self._service.log.key}

    async def stream(self, _request: Request, signed: SignedIn) -> Any:
        async def lines() -> Any:
            async for leaves in self._service.seen(signed).watch():
                for each in leaves:
                    yield b"data: " + wire.encode(views.leaf(each)) + b"\n\n"

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def controls(self, _request: Request, signed: SignedIn) -> Any:
        found = self._service.seen(signed).controls()
        return {"controls": [views.control(each) for each in found]}

    async def pause(self, request: Request, signed: SignedIn) -> Any:
        body = await asked.fields(request)
        control, aborted = await self._service.stops.pause(
            asked.text(body, "kind"),
            asked.text(body, "name"),
            signed,
            asked.text(body, "reason", ""),
        )
        ended = {"sessions": aborted.sessions, "failed": aborted.failed}
        return {"control": views.control(control), "aborted": ended}

    async def resume(self, request: Request, signed: SignedIn) -> Any:
        body = await asked.given(request, "kind", "name")
        control = await self._service.stops.resume(body["kind"], body["name"], signed)
        return {"control": views.control(control)}

    async def policy(self, _request: Request, signed: SignedIn) -> Any:
        require(signed, Act.LOOK)
        return views.policy(self._service)

    async def publish(self, request: Request, signed: SignedIn) -> Any:
        body = await asked.fields(request)
        files = body.get("files")
        if not isinstance(files, dict) or not all(isinstance(t, str) for t in files.values()):
            raise InputError("expected `files` to be texts by file name")
        note = asked.text(body, "note", "")[:500]
        built = await self._service.policies.publish(files, signed, note)
        return {"digest": built.digest, "policies": len(built.policies)}

    async def roll_back(self, _request: Request, signed: SignedIn) -> Any:
        restored = await self._service.policies.roll_back(signed)
        return {"digest": restored.digest, "policies": len(restored.policies)}

    async def workflows(self, _request: Request, signed: SignedIn) -> Any:
        return views.workflows(self._service, self._service.seen(signed))

    async def operators(self, _request: Request, signed: SignedIn) -> Any:
        require(signed, Act.LOOK)
        return {"operators": [views.operator(each) for each in self._service.operators.list()]}

    async def add_operator(self, request: Request, signed: SignedIn) -> Any:
        body = await asked.fields(request)
        added = await self._service.operators.add(
            asked.text(body, "name"), asked.texts(body, "roles"), asked.texts(body, "aliases"),
            asked.text(body, "password"), signed,
        )  # fmt: skip
        return {"operator": views.operator(added)}

    async def remove_operator(self, request: Request, signed: SignedIn) -> Any:
        await self._service.operators.remove(request.path_params["name"], signed)
        return {"ok": True}

    async def gateways(self, _request: Request, signed: SignedIn) -> Any:
        return {"gateways": views.gateways(self._service, self._service.seen(signed))}

    async def enroll(self, request: Request, signed: SignedIn) -> Any:
        body = await asked.given(request, "name", "environment")
        secret, gateway = await self._service.gateways.enroll_as(
            body["name"], body["environment"], signed
        )
        return {"credential": secret, "gateway": gateway.name}

    async def remove_gateway(self, request: Request, signed: SignedIn) -> Any:
        body = await asked.given(request, "reason")
        await self._service.gateways.remove(request.path_params["name"], body["reason"], signed)
        return {"ok": True}

    async def boundaries(self, request: Request, signed: SignedIn) -> Any:
        return asdict(self._service.gateways.boundaries(request.path_params["name"], signed))

    async def _approval(self, approval: Approval, signed: SignedIn) -> dict[str, Any]:
        body = await self._sealed(approval.payload, approval.agent, signed)
        parked = lifecycle.parked(approval, self._service.running.now())
        values = [stories.value(each) for each in told(kept(body))]
        more = {"parked": parked, "arguments": _arguments(body), "values": values}
        return {**views.approval(approval), **more}

    async def _sealed(self, digest: str, principal: str, signed: SignedIn) -> bytes | None:
        """What is kept of a request of this agent, for roles that may read it; None for others."""
        sees = self._service.seen(signed)
        if not digest or not sees.may(Act.READ_PAYLOAD, principal):
            return None
        return await sees.payload(digest, principal)


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
    ("/gateways/{name}/remove", "POST", Operations.remove_gateway),
    ("/gateways/{name}/boundaries", "GET", Operations.boundaries),
)


def _arguments(body: bytes | None) -> Any:
    return msgspec.json.decode(body).get("arguments") if body else None
