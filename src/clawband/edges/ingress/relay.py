"""A WebSocket between a client and the gateway, frame by frame."""

import asyncio

from clawband.edges.ingress.house import Door, Guest, House
from clawband.edges.ingress.line import Line
from clawband.network import frames
from clawband.network.frames import Frames
from clawband.network.refusal import Refusal

_WHY = {"message-size": frames.TOO_BIG}


class Relay:
    """One of them, until one side leaves, breaks a rule or is cut."""

    def __init__(self, house: House, door: Door, client: Line, gateway: Line, guest: Guest) -> None:
        self._house, self._door, self._guest = house, door, guest
        self._client, self._gateway = client, gateway
        self._up = Frames(masked=True, most=door.message_bytes)
        self._down = Frames(masked=False, most=door.message_bytes)
        self._moved = self._now()

    async def run(self) -> None:
        guest = self._guest
        guest.sockets += 1
        guest.counts["sockets"] += 1
        ways = [asyncio.ensure_future(self._rise()), asyncio.ensure_future(self._fall())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            guest.sockets -= 1
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._gateway.abort()

    async def cut(self, code: int = frames.POLICY) -> bool:
        """Say why it ends, if the client can read that now. Raises `OSError`."""
        if not self._down.between:
            return False
        await self._client.write(frames.close(code), 1)
        return True

    async def _rise(self) -> None:
        """What the client sends; too much of it waits."""
        while True:
            data = self._client.take(len(self._client.held))
            if not data:
                if not await self._comes(self._client):
                    return
                continue
            passed = self._up.feed(data)
            if isinstance(passed, Refusal):
                await self.cut(_WHY.get(passed.category, frames.PROTOCOL))
                return
            await self._wait(passed.begun)
            self._guest.counts["in"] += len(data)
            await self._gateway.write(passed.data, self._house.limits.writing)

    async def _fall(self) -> None:
        """What the gateway sends."""
        while True:
            data = self._gateway.take(len(self._gateway.held))
            if not data:
                if not await self._comes(self._gateway):
                    return
                continue
            passed = self._down.feed(data)
            if isinstance(passed, Refusal):
                return
            self._guest.counts["out"] += len(data)
            await self._client.write(passed.data, self._house.limits.writing)

    async def _comes(self, line: Line) -> bool:
        """Whether there is more to read; a side may be silent as long as the other is not."""
        while True:
            left = self._moved + self._house.limits.idle - self._now()
            if left <= 0:
                return False
            try:
                found = await line.more(left)
            except TimeoutError:
                continue
            self._moved = self._now()
            return found

    async def _wait(self, begun: int) -> None:
        key = f"person {self._guest.person}"
        for _ in range(begun):
            while wait := self._door.rates.take(key, self._now()):
                await asyncio.sleep(wait)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
