"""A served model gateway in front of a provider that a test directs."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette

from clawband.edges.api import models as models_api
from clawband.edges.api import routing
from clawband.edges.models.door import Door
from clawband.edges.models.door import Provider as Configured
from clawband.edges.models.upstream import Address, Patience, Upstream
from clawband.model.event import Event
from tests.simulators.provider import Provider
from tests.simulators.small import House, small

TRACE = "0af7651916cd43dd8448eb211c80319c"
PATIENCE = Patience()
KEY = "sk-provider-0000"
PLAN = """\
gateway = "sample"
owner = "ops"
purpose = "the sample's own model calls"
environment = "dev"

[models]
unjoined = "without-tools"
allow = ["lab/rules"]

[models.prices."lab/rules"]
input = 300
output = 1500
cached = 30
"""
OWN = """
[models]
allow = ["sample/*"]
pseudonymise = ["personal"]
"""
MODELS = """
[models]
allow = ["lab/rules"]
mask = ["secret"]
pseudonymise = ["personal"]
regions = { business = ["eu"] }
"""


@dataclass
class Desk:
    """A gateway's place in front of the door."""

    house: House
    provider: Provider
    http: httpx.AsyncClient
    door: Door

    async def admit(self, run: str = "r1", trace: str = TRACE) -> None:
        """A run begins, as the plugin tells."""
        event = {"prompt": "hello", "channelId": "telegram:4242", "senderId": "4242"}
        await self.house.ask("run", event, runId=run, trace={"traceId": trace})
        await asyncio.sleep(0)

    async def ask(self, *said: str, trace: str = TRACE, **more: Any) -> httpx.Response:
        """A chat completion with these user messages."""
        messages = [{"role": "user", "content": text} for text in said]
        body = {"model": "rules", "messages": messages, **more}
        return await self.post("/lab/v1/chat/completions", body, trace=trace)

    async def post(
        self, path: str, body: Any, *, trace: str = TRACE, key: str | None = None
    ) -> httpx.Response:
        password = self.house.service.models.password("sample") if key is None else key
        headers = {
            "authorization": f"Bearer {password}",
            "traceparent": f"00-{trace}-{'1' * 16}-01",
        }
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.http.post(path, content=data, headers=headers)

    async def operate(self, method: str, path: str) -> Any:
        """A call of the operators' API."""
        app = Starlette(routes=routing.routes(self.house.service, models_api.ROUTES))
        transport = httpx.ASGITransport(app)
        headers = {"authorization": f"Bearer {self.house.tokens['admin']}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://clawband") as http:
            return (await http.request(method, f"/api/v1{path}", headers=headers)).json()

    def events(self, *tags: str) -> list[Event]:
        return self.house.events(*tags)

    async def finished(self, count: int = 1) -> Event:
        """The newest `model:finish` of so many, which are recorded behind the answers."""
        for _ in range(200):
            if len(found := self.events("model:finish")) >= count:
                return found[-1]
            await asyncio.sleep(0.01)
        raise AssertionError("no model call was finished")


def content(response: httpx.Response) -> str:
    """The words of a stream."""
    said = ""
    for chunk in chunks(response):
        for choice in chunk.get("choices", []):
            said += choice["delta"].get("content") or ""
    return said


def chunks(response: httpx.Response) -> list[dict[str, Any]]:
    lines = [line for line in response.text.splitlines() if line.startswith("data: {")]
    return [json.loads(line.removeprefix("data: ")) for line in lines]


def problem(response: httpx.Response) -> dict[str, Any]:
    error: dict[str, Any] = response.json()["error"]
    return error


@asynccontextmanager
async def serving(
    folder: Path, *, models: str = MODELS, plan: str = PLAN, patience: Patience = PATIENCE
) -> AsyncIterator[Desk]:
    async with small(folder) as house:
        files = dict(house.service.policies.active.files)
        name = next(name for name, text in files.items() if 'name = "support"' in text)
        files |= {name: files[name].replace(OWN, models), "gateway-sample.toml": plan}
        await house.service.policies.publish_as(files, "setup", "models")
        provider = await Provider().start()
        upstream = Upstream(Address.parse(provider.url), lambda: KEY, patience=patience)
        door = Door(house.service.models, {"lab": Configured("lab", "us", upstream)})
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(door, log_level="error", lifespan="off", http="httptools")
        )
        running = asyncio.ensure_future(server.serve(sockets=[listening]))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            while not server.started:
                await asyncio.sleep(0.01)
            async with httpx.AsyncClient(base_url=base, timeout=10) as http:
                yield Desk(house, provider, http, door)
        finally:
            server.should_exit = True
            await running
            door.close()
            await provider.stop()
