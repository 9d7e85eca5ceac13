"""Tells the server what tried to leave: in order, counted, until it has heard it."""

import asyncio
import sys
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from clawband.containment.packet import Attempt

SECONDS: Final = 1.0
BATCH: Final = 50
REMEMBERED: Final = 500
"""Different attempts that wait to be told. More than that are counted together."""
TIMEOUT: Final = 5.0


@dataclass(frozen=True, slots=True)
class Server:
    """Where to tell it: the server's unix socket, and the file with this gateway's credential."""

    socket: str
    credential_file: str


class Telling:
    """Also says the first of each kind on standard error."""

    def __init__(self, gateway: int, commands: int, server: Server) -> None:
        """`gateway` and `commands`: who the two are, by number."""
        self._server = server
        self._names = {gateway: "gateway", commands: "commands"}
        self._waiting: OrderedDict[tuple[str, str, str], int] = OrderedDict()
        self._said: set[tuple[str, str, str]] = set()

    def seen(self, attempt: Attempt) -> None:
        key = (attempt.kind, attempt.what, self._names.get(attempt.uid, "unknown"))
        if key not in self._waiting and len(self._waiting) >= REMEMBERED:
            key = (attempt.kind, "several more", key[2])
        self._waiting[key] = self._waiting.get(key, 0) + 1
        if key not in self._said and len(self._said) < REMEMBERED:
            self._said.add(key)
            kind, what, who = key
            sys.stderr.write(f"stopped: {who}: {kind} {what}\n")

    async def tell(self) -> None:
        """Until it is cancelled; what could not be told waits for the next time."""
        while True:
            await asyncio.sleep(SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Tell what waits. What the server did not confirm stays."""
        while batch := list(self._waiting.items())[:BATCH]:
            told = [
                {"kind": kind, "what": what, "who": who, "count": count}
                for (kind, what, who), count in batch
            ]
            if not await self._post({"v": 1, "seen": told}):
                return
            for key, count in batch:
                self._waiting[key] -= count
                if not self._waiting[key]:
                    del self._waiting[key]

    async def _post(self, body: object) -> bool:
        with suppress(OSError, httpx.HTTPError):
            credential = Path(self._server.credential_file).read_text(encoding="utf-8").strip()
            transport = httpx.AsyncHTTPTransport(uds=self._server.socket)
            async with httpx.AsyncClient(transport=transport, timeout=TIMEOUT) as client:
                answer = await client.post(
                    "http://clawband/gateway/v1/bypass",
                    json=body,
                    headers={"authorization": f"Bearer {credential}"},
                )
                return answer.status_code < 300
        return False
