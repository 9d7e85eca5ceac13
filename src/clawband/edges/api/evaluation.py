"""AuthZEN Authorization API 1.0: the same decision for any enforcement point.

On the wire it is `subject`; inside it is the principal. The subject is an agent of the gateway
whose credential is presented; the action is `tool:call` or `message:receive` or `message:send`.
"""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from clawband.edges.api import wire
from clawband.edges.api.problems import problem
from clawband.flows.decide import Decided
from clawband.model.access import Hold, Permit
from clawband.model.deployment import Gateway
from clawband.model.errors import AuthenticationError, Error, InputError
from clawband.openclaw import hooks
from clawband.service.service import Service

HOOKS = {"tool:call": "tool", "message:receive": "run", "message:send": "reply"}


class Subject(msgspec.Struct):
    type: str
    id: str
    properties: dict[str, Any] = {}


class Action(msgspec.Struct):
    name: str
    properties: dict[str, Any] = {}


class Resource(msgspec.Struct):
    type: str
    id: str
    properties: dict[str, Any] = {}


class Evaluation(msgspec.Struct):
    """AuthZEN 1.0 §6.1."""

    subject: Subject
    action: Action
    resource: Resource
    context: dict[str, Any] = {}


_evaluation = msgspec.json.Decoder(Evaluation)


def routes(service: Service) -> list[BaseRoute]:
    """The evaluation endpoint and its metadata (AuthZEN 1.0 §9)."""

    async def evaluate(request: Request) -> Response:
        response = await answer(request)
        if "x-request-id" in request.headers:
            # AuthZEN 1.0 §10.1.3: the same id in every response, errors included.
            response.headers["x-request-id"] = request.headers["x-request-id"]
        return response

    async def answer(request: Request) -> Response:
        gateway: Gateway | None = None
        try:
            gateway = service.gateways.authenticate(request.headers.get("authorization", ""))
            asked = wire.read(await wire.body(request), _evaluation)
            decided = await service.decisions.answer(question(asked, gateway), gateway)
            answered = _answer(decided, service.actions.tokens(decided))
            return Response(msgspec.json.encode(answered), media_type="application/json")
        except (InputError, AuthenticationError) as error:
            try:
                await service.decisions.refuse_input(gateway, InputError(error.message))
            except Error as failed:
                return problem(failed)
            return problem(error)
        except Error as error:
            return problem(error)

    async def metadata(request: Request) -> Response:
        base = str(request.base_url).rstrip("/")
        return JSONResponse(
            {
                "policy_decision_point": base,
                "access_evaluation_endpoint": f"{base}/access/v1/evaluation",
            }
        )

    return [
        Route("/access/v1/evaluation", evaluate, methods=["POST"]),
        Route("/.well-known/authzen-configuration", metadata, methods=["GET"]),
    ]


def question(asked: Evaluation, gateway: Gateway) -> hooks.Asked:
    """The plugin's question that means the same. Raises `InputError`."""
    hook = HOOKS.get(asked.action.name)
    if hook is None:
        raise InputError(
            f"expected an action out of {', '.join(HOOKS)}, got `{asked.action.name[:40]}`",
            remedy="name one of these; Clawband finds out itself what a tool does",
        )
    owner, _, agent = asked.subject.id.partition("/")
    if asked.subject.type != "agent" or owner != gateway.name or not agent:
        raise InputError(
            f"expected an agent of `{gateway.name}`, got `{asked.subject.type[:20]}` "
            f"`{asked.subject.id[:40]}`",
            remedy=f"name the subject as `{gateway.name}/<agent>`",
        )
    context = {
        "agentId": agent,
        "sessionKey": asked.context.get("session"),
        "runId": asked.context.get("run"),
        "toolCallId": asked.context.get("call"),
        "requester": asked.subject.properties.get("requester"),
    }
    properties = asked.resource.properties
    event: dict[str, Any] = {"messageId": asked.context.get("message")}
    if hook == "tool":
        event |= {"toolName": asked.resource.id, "params": properties.get("arguments", {})}
    else:
        event |= {
            "prompt": properties.get("text"),
            "payload": {"text": properties.get("text")},
            "channel": asked.resource.id,
            "channelId": asked.resource.id,
        }
    return hooks.asked(hook, event, context)


def _answer(decided: Decided, tokens: list[dict[str, str | int]]) -> dict[str, Any]:
    decision = decided.decision
    context: dict[str, Any] = {
        "id": decided.id,
        "verdict": decision.verdict,
        "reasons": [
            {"policy": reason.policy, "because": reason.because} for reason in decision.reasons
        ],
    }
    remedy = getattr(decision, "remedy", "")
    if remedy:
        context["remedy"] = remedy
    if isinstance(decision, Hold):
        context["approval"] = decision.approval
        context["requirements"] = [
            {"role": each.role, "people": each.people, "assurance": each.assurance}
            for each in decision.requirements
        ]
    permitted = isinstance(decision, Permit)
    if isinstance(decision, Permit) and (decision.params is not None or decision.text is not None):
        # What was asked about may not happen; a caller that obeys may do this in its place.
        permitted = False
        context["instead"] = {"arguments": decision.params, "text": decision.text}
    if tokens:
        context["tokens"] = tokens
    return {"decision": permitted, "context": context}
