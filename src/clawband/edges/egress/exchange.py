"""One request on its way to a server, and its response on the way back."""

import asyncio
from http import HTTPStatus

from clawband.edges.egress.account import Account
from clawband.edges.egress.answers import Problem
from clawband.edges.egress.limits import Limits
from clawband.edges.egress.relay import relay
from clawband.edges.egress.wire import Wire
from clawband.network import forward, head
from clawband.network.bodies import Framed
from clawband.network.framing import Kind
from clawband.network.head import Request, Response
from clawband.network.refusal import Refusal

_CLOSE = b"Connection: close\r\n\r\n"


class Exchange:
    """Both connections for the time of one request. `why` says how it ended."""

    def __init__(self, client: Wire, server: Wire, account: Account, limits: Limits, name: str):
        """`name` is ours in `Via`."""
        self._client, self._server, self._account = client, server, account
        self._limits, self._name = limits, name
        self.why = "answered"
        self.reusable = False
        """Whether the server's connection can carry another request."""

    async def run(self, message: Request, raw: bytes, framed: Framed) -> bool:
        """Whether the client's connection can carry another request.

        `raw` is what was read of the body, `framed` knows the rest. Raises `Problem` while the
        client has been told nothing.
        """
        sent = forward.request(message, self._name, upgrade=True)
        if isinstance(sent, Refusal):
            raise Problem(400, sent.category, sent.reason)
        self._up(sent + raw)
        self._client.over = self._left
        upload = asyncio.create_task(self._upload(framed))
        try:
            response = await self._head(message)
            if response.status == HTTPStatus.SWITCHING_PROTOCOLS:
                return await self._switch(message, response)
            keep = await self._download(message, response, upload)
        finally:
            self._client.over = None
            upload.cancel()
            await asyncio.gather(upload, return_exceptions=True)
        return keep

    async def _upload(self, framed: Framed) -> None:
        client, server = self._client, self._server
        while not framed.done:
            if client.empty and not await client.more():
                self._account.end("the client's body ended too soon")
                return
            data = client.held
            fed = framed.feed(data)
            if isinstance(fed, Refusal):
                self._account.end(f"{fed.category}: {fed.reason}")
                return
            client.take(fed.used)
            self._up(data[: fed.used])
            await server.drain()

    async def _head(self, message: Request) -> Response:
        """The head of the final response; interim ones end here (RFC 9110 §15.2)."""
        server = self._server
        try:
            async with asyncio.timeout(self._limits.response):
                while True:
                    found = head.response(server.held, message.method)
                    if isinstance(found, Refusal):
                        raise Problem(502, found.category, f"the server's answer: {found.reason}")
                    if found is None:
                        if not await server.more():
                            raise Problem(502, "server-left", self._account.why or "no answer came")
                        continue
                    self._account.received(len(server.take(found.size)))
                    if found.status >= HTTPStatus.OK or found.body.kind is Kind.TUNNEL:
                        return found
        except TimeoutError as error:
            raise Problem(504, "server-slow", "the server gave no answer in time") from error

    async def _switch(self, message: Request, response: Response) -> bool:
        """Both speak WebSocket from here on."""
        asked = forward.websocket(message.fields) and forward.websocket(response.fields)
        told = forward.response(response, self._name, upgrade=True)
        if not asked or isinstance(told, Refusal):
            raise Problem(502, "upgrade", "the server changed to something nobody asked for")
        self._client.write(told)
        self.why = await relay(self._client, self._server, self._account, self._limits.half)
        return False

    async def _download(
        self, message: Request, response: Response, upload: "asyncio.Task[None]"
    ) -> bool:
        told = forward.response(response, self._name)
        if isinstance(told, Refusal):
            raise Problem(502, told.category, f"the server's answer: {told.reason}")
        if response.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            raise Problem(502, "server-proxy", "the server asks for a credential of this proxy")
        ends = response.body.kind is Kind.CLOSE
        keep = not ends and upload.done() and not _closes(message)
        self._client.write(told if keep else told[:-2] + _CLOSE)
        whole = await self._body(response)
        if not whole:
            self._client.abort()
            return False
        self.reusable = keep and not _closes(response) and self._server.empty
        return keep

    async def _body(self, response: Response) -> bool:
        """Whether all of it came."""
        client, server = self._client, self._server
        framed = Framed(response.body, self._limits.response_bytes)
        while not framed.done:
            if server.empty and not await server.more():
                if response.body.kind is Kind.CLOSE and not server.broken:
                    return True
                self.why = "the server sent less than it said"
                return False
            data = server.held
            fed = framed.feed(data)
            if isinstance(fed, Refusal):
                self.why = f"{fed.category}: {fed.reason}"
                return False
            server.take(fed.used)
            self._account.received(fed.used)
            client.write(data[: fed.used])
            await client.drain()
        return True

    def _up(self, data: bytes) -> None:
        self._account.sent(len(data))
        self._server.write(data)

    def _left(self) -> None:
        # A client that finished sending is taken to have left, as other proxies do: nothing else
        # says that nobody waits for the answer any more.
        self._account.end("the client left")


def _closes(message: Request | Response) -> bool:
    """Whether the connection ends with this message (RFC 9112 §9.3)."""
    said = message.get(b"connection").lower()
    return message.minor < 1 or b"close" in (part.strip() for part in said.split(b","))
