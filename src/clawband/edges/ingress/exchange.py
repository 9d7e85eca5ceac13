"""One request on its way to the gateway, and the answer on its way back."""

import asyncio
from http import HTTPStatus
from typing import Any

from clawband.edges.ingress import line, pages
from clawband.edges.ingress.house import Door, Guest, House
from clawband.edges.ingress.line import Line
from clawband.edges.ingress.pages import Turned
from clawband.edges.ingress.relay import Relay
from clawband.network import forward, head, inward
from clawband.network.bodies import Framed
from clawband.network.framing import Kind
from clawband.network.head import Request, Response
from clawband.network.refusal import Refusal

MOST_ANSWER = 4 << 30
INSPECTED = 256 * 1024
"""Of a body, looked through before anything of it is sent on."""


class Exchange:
    """For all requests of one client: the gateway's connection is used for nobody else, also where
    a proxy before us sends several people's requests over one."""

    def __init__(self, house: House, door: Door, client: Line, address: str) -> None:
        self._house, self._door, self._client = house, door, client
        self._address, self._limits = address, house.limits
        self._kept: tuple[Line, float, Guest] | None = None
        self._relay: Relay | None = None

    async def run(self, message: Request, guest: Guest) -> bool:
        """Whether the client's connection can carry another request. Raises `Turned` while the
        client has been told nothing, `OSError` after that."""
        sent = inward.head(message, self._door.front, guest.comes(self._address))
        if isinstance(sent, Refusal):
            raise Turned(400, sent.category, sent.reason)
        if message.body.length > self._door.body_bytes:
            raise Turned(413, "body-size", "the body is too long")
        framed = Framed(message.body, self._door.body_bytes)
        first = await self._first(message, framed)
        gateway = await self._gateway(guest)
        try:
            guest.counts["in"] += len(sent) + len(first)
            return await self._through(message, guest, gateway, framed, sent + first)
        except BaseException:
            gateway.abort()
            raise

    async def cut(self) -> bool:
        """Tell the client that it is over, where it can read that: in a WebSocket."""
        return await self._relay.cut() if self._relay else False

    def close(self) -> None:
        if self._kept:
            self._kept[0].abort()

    async def _through(
        self, message: Request, guest: Guest, gateway: Line, framed: Framed, first: bytes
    ) -> bool:
        await gateway.write(first, self._limits.writing)
        upload = asyncio.ensure_future(self._upload(framed, gateway, guest))
        try:
            response = await self._answer(message, gateway, upload)
            if response.status == HTTPStatus.SWITCHING_PROTOCOLS:
                await self._switch(message, response, gateway, guest)
                return False
            return await self._download(message, response, gateway, guest, upload)
        finally:
            upload.cancel()
            await asyncio.gather(upload, return_exceptions=True)

    async def _first(self, message: Request, framed: Framed) -> bytes:
        """What is looked through of the body before anything is sent on; nothing without a
        screen."""
        screen = self._house.screens.get(self._door.name)
        if message.get(b"expect").lower() == b"100-continue" and not framed.done:
            await self._client.write(pages.CONTINUE, self._limits.writing)
        if screen is None:
            return b""
        raw, body = bytearray(), bytearray()
        began = asyncio.get_running_loop().time()
        while not framed.done and len(body) < INSPECTED:
            data, part = await self._piece(framed, began, len(raw))
            raw += data
            body += part
        why = await screen.look(message, self._address, bytes(body))
        if why:
            raise Turned(403, "screen", why)
        return bytes(raw)

    async def _upload(self, framed: Framed, gateway: Line, guest: Guest) -> None:
        """The rest of the body. Raises `Turned` and `OSError`."""
        began, size = asyncio.get_running_loop().time(), 0
        while not framed.done:
            data, _ = await self._piece(framed, began, size)
            size += len(data)
            guest.counts["in"] += len(data)
            await gateway.write(data, self._limits.writing)

    async def _piece(self, framed: Framed, began: float, size: int) -> tuple[bytes, bytes]:
        """The next bytes of the body, as they were sent and what they hold."""
        client, limits = self._client, self._limits
        late = asyncio.get_running_loop().time() - began - limits.grace
        if late > 0 and size < late * limits.slowest:
            raise Turned(408, "slow", "the body of the request came too slowly")
        try:
            if not client.held and not await client.more(limits.piece):
                raise ConnectionResetError("the client left")
        except TimeoutError as error:
            raise Turned(408, "slow", "the body of the request came too slowly") from error
        fed = framed.feed(client.held)
        if isinstance(fed, Refusal):
            status = 413 if fed.category == "body-size" else 400
            raise Turned(status, fed.category, fed.reason)
        if framed.trailers:
            raise Turned(400, "trailers", "fields behind the body")
        return client.take(fed.used), fed.body

    async def _answer(
        self, message: Request, gateway: Line, upload: "asyncio.Future[None]"
    ) -> Response:
        """The head of the final answer; interim ones end here. Raises `Turned`, also what the
        upload raises: a body that is refused must not be answered as if it had been whole."""
        reading = asyncio.ensure_future(self._response(message, gateway))
        try:
            both: set[asyncio.Future[Any]] = {reading, upload}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if upload.done() and not reading.done():
                upload.result()
            return await reading
        finally:
            reading.cancel()

    async def _response(self, message: Request, gateway: Line) -> Response:
        while True:
            found = head.response(gateway.held, message.method)
            if isinstance(found, Refusal):
                raise Turned(502, found.category, f"the gateway's answer: {found.reason}")
            if found is None:
                try:
                    if not await gateway.more(self._limits.response):
                        raise Turned(502, "gateway", "the gateway gave no answer")
                except TimeoutError as error:
                    raise Turned(504, "gateway", "the gateway gave no answer in time") from error
                continue
            gateway.take(found.size)
            if found.status >= HTTPStatus.OK or found.body.kind is Kind.TUNNEL:
                return found

    async def _switch(
        self, message: Request, response: Response, gateway: Line, guest: Guest
    ) -> None:
        told = inward.back(response, self._door.front, keep=True, upgrade=True)
        agreed = inward.upgrades(message) and forward.websocket(response.fields)
        if not agreed or isinstance(told, Refusal) or response.get(b"sec-websocket-extensions"):
            raise Turned(502, "upgrade", "the gateway changed to something nobody asked for")
        if guest.sockets >= self._door.sockets:
            raise Turned(429, "sockets", f"{self._door.sockets} WebSockets are open already")
        self._relay = Relay(self._house, self._door, self._client, gateway, guest)
        await self._client.write(told, self._limits.writing)
        await self._relay.run()

    async def _download(
        self, message: Request, response: Response, gateway: Line, guest: Guest,
        upload: "asyncio.Future[None]",
    ) -> bool:  # fmt: skip
        sent = upload.done() and not upload.cancelled() and upload.exception() is None
        keep = response.body.kind is not Kind.CLOSE and sent and not _closes(message)
        told = inward.back(response, self._door.front, keep=keep)
        if isinstance(told, Refusal):
            raise Turned(502, told.category, f"the gateway's answer: {told.reason}")
        await self._body(response, gateway, told, guest)
        if keep and not _closes(response) and not gateway.held:
            self._kept = gateway, asyncio.get_running_loop().time(), guest
        else:
            gateway.abort()
        return keep

    async def _body(self, response: Response, gateway: Line, told: bytes, guest: Guest) -> None:
        """The answer's head and body, in as few pieces as came. Raises `OSError`."""
        framed, pending = Framed(response.body, MOST_ANSWER), told
        while not framed.done:
            if not gateway.held:
                await self._client.write(pending, self._limits.writing)
                pending = b""
                if not await gateway.more(self._limits.response):
                    if response.body.kind is Kind.CLOSE:
                        return
                    raise ConnectionResetError("the gateway sent less than it said")
            fed = framed.feed(gateway.held)
            if isinstance(fed, Refusal):
                raise ConnectionResetError(str(fed))
            pending += gateway.take(fed.used)
            guest.counts["out"] += fed.used
        await self._client.write(pending, self._limits.writing)

    async def _gateway(self, guest: Guest) -> Line:
        kept, self._kept = self._kept, None
        if kept:
            fresh = asyncio.get_running_loop().time() - kept[1] < self._limits.kept
            if fresh and kept[0].open and kept[2] is guest:
                return kept[0]
            kept[0].abort()
        try:
            return await line.to(*self._door.gateway, self._limits.connect)
        except OSError as error:
            raise Turned(502, "gateway", "the gateway does not answer", "start it") from error


def _closes(message: Request | Response) -> bool:
    """Whether the connection ends with this message (RFC 9112 §9.3)."""
    said = message.get(b"connection").lower()
    return message.minor < 1 or b"close" in (part.strip() for part in said.split(b","))
