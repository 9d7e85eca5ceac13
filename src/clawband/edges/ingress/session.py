"""One client's connection, request by request: who asks, whether they may, and where it goes."""

import asyncio
from contextlib import suppress

from clawband.edges.ingress import entry, pages
from clawband.edges.ingress.exchange import Exchange
from clawband.edges.ingress.house import Door, Guest, House
from clawband.edges.ingress.line import Line
from clawband.edges.ingress.pages import Turned
from clawband.edges.ingress.rates import place
from clawband.model.errors import Error
from clawband.network import head, inward
from clawband.network.head import Request
from clawband.network.refusal import Refusal

_STATUS = {"host": 421, "origin": 403, "method": 405, "version": 505}


class Session:
    """Ends with its connection; whatever goes wrong ends it too."""

    def __init__(self, house: House, door: Door, client: Line, address: str) -> None:
        self._house, self._door, self._client = house, door, client
        self._address, self._who = address, ""
        self._person = False
        """Whether an answer of ours would be shown to somebody."""
        self._exchange = Exchange(house, door, client, address)

    async def run(self) -> None:
        last = b""
        try:
            while await self._one():
                pass
        except Turned as told:
            self._house.refused(self._door, self._who, self._address, told)
            last = pages.turned(told, person=self._person)
        except Error as error:
            away = Turned(503, "unavailable", error.message, error.remedy)
            last = pages.turned(away, person=self._person)
        except OSError:
            pass
        except asyncio.CancelledError:
            self._client.abort()
            raise
        finally:
            self._exchange.close()
        await self._client.close(last)

    async def _one(self) -> bool:
        """Whether another request may follow."""
        message = await self._head()
        if message is None:
            return False
        self._person = (
            message.method == "GET" and message.get(b"sec-fetch-mode") in (b"", b"navigate")
            and not inward.upgrades(message) and b"text/html" in message.get(b"accept")
        )  # fmt: skip
        self._refuse_unfit(message)
        self._limit(f"address {place(self._address)}")
        if message.target.startswith(entry.OWN):
            reply = await entry.answer(self._house, self._door, message, self._address)
            await self._client.write(reply, self._house.limits.writing)
            return False
        secret = inward.cookie(message, self._door.cookie)
        guest = await self._house.guest(self._door, secret)
        if guest is None:
            return await self._stranger(message)
        return await self._pass(message, guest)

    async def _head(self) -> Request | None:
        """The next request; none when the client has no more. Raises `Turned`."""
        client, limits = self._client, self._house.limits
        try:
            if not client.held and not await client.more(limits.waiting):
                return None
            async with asyncio.timeout(limits.head):
                while (found := head.request(client.held, scheme=self._scheme)) is None:
                    if not await client.more(limits.head):
                        return None
        except TimeoutError as error:
            if not client.held:
                return None
            raise Turned(408, "slow", "the head of the request came too slowly") from error
        if isinstance(found, Refusal):
            raise Turned(400, found.category, found.reason)
        client.take(found.size)
        return found

    def _refuse_unfit(self, message: Request) -> None:
        wrong = inward.unfit(message, self._door.front)
        if wrong:
            raise Turned(_STATUS.get(wrong.category, 400), wrong.category, wrong.reason)

    async def _stranger(self, message: Request) -> bool:
        """Somebody whom this door does not know: people are sent to sign in."""
        if not self._person:
            raise Turned(401, "unknown", "nobody is signed in here", "open this address in a tab")
        reply = entry.begin(self._door, message)
        await self._client.write(reply, self._house.limits.writing)
        return False

    async def _pass(self, message: Request, guest: Guest) -> bool:
        self._who = guest.person
        self._limit(f"person {guest.person}")
        task = asyncio.current_task()
        assert task
        guest.here.add(task)
        guest.counts["requests"] += 1
        try:
            return await self._exchange.run(message, guest)
        except asyncio.CancelledError:
            # They are out: a WebSocket is told so, anything else must not look whole.
            with suppress(OSError):
                if await self._exchange.cut():
                    await self._client.close()
            raise
        finally:
            guest.here.discard(task)

    def _limit(self, key: str) -> None:
        if self._door.rates.take(key, asyncio.get_running_loop().time()):
            raise Turned(429, "rate", "too many requests", "wait a little")

    @property
    def _scheme(self) -> str:
        return "https" if self._door.front.secure else "http"
