"""The edges over HTTP, in this process: what a plugin, an enforcement point, an operator sends."""

import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from clawband.bootstrap.serving import full_app
from tests.simulators.small import House, small


class Caller:
    """Counts its questions like the plugin does."""

    def __init__(self, house: House, http: httpx.AsyncClient) -> None:
        self.house, self.http, self.seq = house, http, 0

    async def post(self, path: str, body: Any, credential: str | None = None) -> httpx.Response:
        """`body` as JSON, or as it is when it is bytes."""
        secret = self.house.credential if credential is None else credential
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.http.post(path, content=data, headers=headers)

    def question(self, hook: str, event: Any, **changes: Any) -> dict[str, Any]:
        self.seq += 1
        context = self.house.context()
        told = {"v": 1, "boot": "b", "seq": self.seq, "hook": hook, "event": event, "ctx": context}
        return {**told, **changes}

    def call(self, tool: Any, params: Any = None, call: str = "c", **changes: Any) -> Any:
        event = {"toolName": tool, "params": params or {}, "runId": "r1", "toolCallId": call}
        return self.question("tool", event, **changes)

    async def ask(self, body: Any, credential: str | None = None) -> httpx.Response:
        return await self.post("/gateway/v1/ask", body, credential)

    async def message(self) -> httpx.Response:
        event = {"prompt": "hello", "channelId": "telegram:4242", "senderId": "4242"}
        return await self.ask(self.question("run", event))

    async def operate(
        self, method: str, path: str, body: Any = None, role: str = "admin", **asked: Any
    ) -> httpx.Response:
        token = self.house.tokens.get(role, role)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        data = None if body is None else json.dumps(body).encode()
        url = f"/api/v1{path}"
        return await self.http.request(
            method, url, content=data, headers=headers, params=asked or None
        )


@asynccontextmanager
async def calling(folder: Path, **options: Any) -> Any:
    async with small(folder, **options) as house:
        transport = httpx.ASGITransport(full_app(house.service))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            yield Caller(house, http)


def is_problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """The body of a problem response that says what to do (RFC 9457)."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status and body["detail"] and body["title"]
    return body
