"""The door of the model gateway: `/<provider>/v1/…` as OpenAI spells it.

Chat completions, streamed or whole, embeddings and the list of models are passed through;
everything else is refused. Every question is decided before a byte of it leaves.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from clawband.edges.models import problems, prompt
from clawband.edges.models.exchange import Exchange
from clawband.edges.models.problems import Refusal
from clawband.edges.models.prompt import Prompt
from clawband.edges.models.upstream import Answer, Upstream
from clawband.flows.ask_model import Question
from clawband.model.deployment import Gateway
from clawband.model.digest import sha256
from clawband.model.errors import Error
from clawband.service.models import Models

MOST_BODY: Final = 32 << 20
MOST_ERROR: Final = 1 << 20
BODY_SECONDS: Final = 60.0
AT_ONCE: Final = 64
"""Open questions of one gateway."""
ASKS: Final = {"chat/completions": "chat", "embeddings": "embeddings"}
LIST: Final = "models"
_PASSED: Final = ("content-type", "retry-after", "x-request-id")
_JSON: Final = "application/json"

Scope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Provider:
    """A configured model provider."""

    name: str
    region: str
    upstream: Upstream


class Door:
    """An ASGI application."""

    def __init__(self, models: Models, providers: Mapping[str, Provider]) -> None:
        self._models, self._providers = models, providers
        self._open: Counter[str] = Counter()

    def close(self) -> None:
        for each in self._providers.values():
            each.upstream.close()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        reply = _Reply(send)
        try:
            await self._serve(scope, receive, reply)
        except Refusal as refusal:
            await reply.refuse(refusal)
        except Error as error:
            await reply.refuse(problems.of(error))

    async def _serve(self, scope: Scope, receive: Any, reply: "_Reply") -> None:
        headers = {
            name.decode("latin-1"): each.decode("latin-1") for name, each in scope["headers"]
        }
        gateway = self._models.gateway(headers.get("authorization", ""))
        provider, path = self._provider(scope)
        if self._open[gateway.name] >= AT_ONCE:
            message = f"`{gateway.name}` asks {AT_ONCE} questions at once already"
            raise Refusal(429, message, "too_many_questions", "rate_limit_error")
        self._open[gateway.name] += 1
        try:
            trace = trace_of(headers.get("traceparent", ""))
            call = _Call(provider, path, gateway, trace, await _body(receive))
            await _unless_left(self._pass(call, reply), receive)
        finally:
            self._open[gateway.name] -= 1

    async def _pass(self, call: "_Call", reply: "_Reply") -> None:
        if call.path == LIST:
            await _copied(await call.provider.upstream.send("GET", f"/{LIST}", b""), reply)
            return
        asking = prompt.read(self._models.shown(call.body))
        asked = await self._models.ask(
            self._question(call, asking), call.gateway, call.trace, asking.results
        )
        if not asked.permitted:
            raise Refusal(400, f"clawband refused this: {asked.refusal}", "policy_refused")
        asking.say(asked.covered.texts)
        counted = _count_usage(asking)
        exchange = Exchange(self._models, asked, asking, counted=counted)
        status, task = 0, asyncio.current_task()
        stop = self._models.begin(asked, task.cancel if task else lambda: None)
        try:
            answer = await call.provider.upstream.send("POST", f"/{call.path}", asking.encoded())
            status = answer.status
            await self._answer(answer, call, exchange, reply)
        except Error:
            exchange.outcome = "error"
            raise
        except asyncio.CancelledError:
            if stop.why:
                raise Refusal(400, f"clawband stopped this: {stop.why}", "policy_refused") from None
            raise
        finally:
            self._models.end(stop)
            await exchange.finish(status)

    async def _answer(
        self, answer: Answer, call: "_Call", exchange: Exchange, reply: "_Reply"
    ) -> None:
        try:
            if answer.status != 200:
                exchange.outcome = "error"
                await _copied(answer, reply)
            elif "event-stream" in answer.headers.get("content-type", ""):
                await reply.stream(answer, exchange.events(answer))
            else:
                await reply.whole(answer, await exchange.whole(answer))
        finally:
            answer.close()

    def _provider(self, scope: Scope) -> tuple[Provider, str]:
        """The provider and the path behind `/v1/`. Raises `Refusal`."""
        name, _, rest = str(scope["path"]).removeprefix("/").partition("/")
        version, _, path = rest.partition("/")
        provider = self._providers.get(name)
        method = "GET" if path == LIST else "POST"
        if provider is None or version != "v1" or not (path in ASKS or path == LIST):
            raise Refusal(404, "nothing is passed through here", "not_found")
        if scope["method"] != method or scope.get("query_string"):
            raise Refusal(405, f"expected {method} without a query", "method_not_allowed")
        return provider, path

    def _question(self, call: "_Call", asking: Prompt) -> Question:
        texts = asking.texts
        return Question(
            provider=call.provider.name, model=asking.model, region=call.provider.region,
            kind=ASKS[call.path], size=len(call.body), digest=sha256(call.body), texts=texts,
            found=self._models.found(texts), offered=len(asking.offered),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Call:
    """What a gateway sent: to whom, which path, in which trace."""

    provider: Provider
    path: str
    gateway: Gateway
    trace: str
    body: bytes


class _Reply:
    """What goes back to the gateway."""

    def __init__(self, send: Any) -> None:
        self._send = send
        self._begun = False

    async def refuse(self, refusal: Refusal) -> None:
        if not self._begun:
            await self._begin(refusal.status, {"content-type": _JSON}, len(refusal.body))
            await self._end(refusal.body)

    async def whole(self, answer: Answer, body: bytes) -> None:
        await self._begin(answer.status, _headers(answer), len(body))
        await self._end(body)

    async def stream(self, answer: Answer, pieces: AsyncIterator[bytes]) -> None:
        await self._begin(answer.status, _headers(answer), None)
        async for piece in pieces:
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        await self._end(b"")

    async def _begin(self, status: int, headers: Mapping[str, str], size: int | None) -> None:
        self._begun = True
        fields = dict(headers) | ({} if size is None else {"content-length": str(size)})
        told = [(name.encode(), value.encode("latin-1")) for name, value in fields.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": told})

    async def _end(self, body: bytes) -> None:
        await self._send({"type": "http.response.body", "body": body})


def trace_of(parent: str) -> str:
    """The trace id of a `traceparent` (W3C Trace Context §3.2); empty for none."""
    version, _, rest = parent.strip().partition("-")
    trace, _, _ = rest.partition("-")
    plain = len(trace) == 32 and set(trace) <= set("0123456789abcdef") and trace.strip("0")
    return trace if plain and len(version) == 2 and version != "ff" else ""


def _headers(answer: Answer) -> dict[str, str]:
    return {name: answer.headers[name] for name in _PASSED if name in answer.headers}


def _count_usage(asking: Prompt) -> bool:
    """See that a stream says what it used; True if the gateway had not asked for it."""
    options = asking.body.get("stream_options")
    known = options if isinstance(options, dict) else {}
    if not asking.streams or known.get("include_usage") is True:
        return False
    asking.body["stream_options"] = {**known, "include_usage": True}
    return True


async def _copied(answer: Answer, reply: _Reply) -> None:
    """A provider's own error, or its list of models. Redirects are not passed on."""
    try:
        body = await answer.whole()
    finally:
        answer.close()
    if 300 <= answer.status < 400:
        raise Refusal(502, "the provider answered with a redirect", "redirect", "server_error")
    if answer.key:
        body = body.replace(answer.key.encode(), b"[secret]")
    try:
        told = msgspec.json.decode(body[:MOST_ERROR])
    except msgspec.MsgspecError:
        told = None
    if answer.status != 200 and not (isinstance(told, dict) and "error" in told):
        body = problems.shaped(
            f"the provider answered {answer.status}", "provider_error", "server_error"
        )
    await reply.whole(answer, body)


async def _body(receive: Any) -> bytes:
    data = bytearray()
    end = asyncio.get_running_loop().time() + BODY_SECONDS
    while True:
        try:
            async with asyncio.timeout_at(end):
                message = await receive()
        except TimeoutError as error:
            raise Refusal(408, "the question came too slowly", "too_slow") from error
        if message["type"] == "http.disconnect":
            raise Refusal(400, "the caller left before its question ended", "incomplete")
        data += message.get("body", b"")
        if len(data) > MOST_BODY:
            raise Refusal(413, f"the question is larger than {MOST_BODY} bytes", "too_large")
        if not message.get("more_body"):
            return bytes(data)


async def _unless_left(working: Any, receive: Any) -> None:
    """Do it; stop when the caller leaves, so that the provider stops too."""
    work = asyncio.ensure_future(working)
    leaving = asyncio.ensure_future(receive())
    try:
        await asyncio.wait({work, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        if not work.done():
            work.cancel()
    try:
        await work
    except asyncio.CancelledError:
        if asyncio.current_task().cancelling():  # type: ignore[union-attr]
            raise
