"""The front door of a real gateway: who knocks elsewhere stays out, and a person with a passkey and
a role reaches the Control UI."""

import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from examples.sample.gateway import SampleGateway, free_port
from tests.e2e.commands import clawband, configured, served
from tests.e2e.seats import Seat, seat

PROXIED = {
    "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https", "x-forwarded-host": "a",
}  # fmt: skip
ASK = {"model": "openclaw/support", "messages": [{"role": "user", "content": "summarise ticket 3"}]}
CLIENTS = [
    {"id": "gateway-client", "mode": "backend"}, {"id": "cli", "mode": "cli"},
    {"id": "openclaw-control-ui", "mode": "ui"},
]  # fmt: skip


@dataclass
class Front:
    """A gateway behind its door."""

    folder: Path
    gateway: SampleGateway
    url: str
    console: str

    @property
    def host(self) -> str:
        return self.url.partition("://")[2]

    def ask(self, method: str, path: str, headers: dict[str, str], **more: Any) -> httpx.Response:
        """Of the door, whose name only browsers know."""
        here = f"http://127.0.0.1:{self.host.partition(':')[2]}"
        said = {**headers, "host": self.host}
        return httpx.request(method, here + path, headers=said, timeout=60, **more)

    def invited(self, name: str, role: str) -> str:
        told = clawband(self.folder, "operator", "invite", name, "--role", role)
        return told.stdout.strip()

    def events(self, tag: str) -> list[dict[str, Any]]:
        told = clawband(self.folder, "activity", "--json", "--limit", "200").stdout
        found = [json.loads(line) for line in told.splitlines()]
        return [each for each in found if each["tag"] == tag]


@pytest.fixture(scope="module")
def front(tmp_path_factory: Any, node: Path, modules: Path) -> Iterator[Front]:
    folder, port = tmp_path_factory.mktemp("front"), free_port()
    gateway = SampleGateway(folder / "gateway", None, node=node, modules=modules)
    url = f"http://shop.localhost:{port}"
    more = (
        f'[[gateway]]\nname = "shop"\nurl = "ws://127.0.0.1:{gateway.port}"\n'
        f'token_file = "{gateway.layout.token}"\n'
        f'[[door]]\nname = "front"\ngateway = "shop"\nlisten = "127.0.0.1:{port}"\n'
        f'origin = "{url}"\n[door.roles]\nviewer = ["operator.read"]\noperator = '
        '["operator.read", "operator.write", "operator.approvals", "operator.questions"]\n'
    )
    try:
        gateway.start()
        console = configured(folder, more)
        with served(folder):
            clawband(folder, "gateway", "enroll", "shop", "-o", str(folder / "credential"))
            done = clawband(folder, "door", "attach", "front", "--yes")
            assert f"people reach shop at {url}" in done.stdout, done
            yield Front(folder, gateway, url, f"http://localhost:{console}")
    finally:
        gateway.stop()


def welcomed(front: Front, at: Seat, name: str, role: str) -> Page:
    """Somebody new with a passkey, who came to the door by themselves."""
    page = at.page
    page.goto(front.invited(name, role))
    page.get_by_role("button", name="Make a passkey").click()
    page.wait_for_url("**/me")
    page.get_by_role("button", name="Sign out").click()
    page.goto(front.url)
    assert page.url.startswith(f"{front.console}/login")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{front.url}/**")
    return page


def cookie(at: Seat) -> str:
    found = {each["name"]: each["value"] for each in at.page.context.cookies()}
    return f"clawband-door={found['clawband-door']}"


def linked(url: str, headers: dict[str, str], origin: str | None) -> ClientConnection:
    """A WebSocket; the name of the door is one that only browsers know."""
    there = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=10)
    asked = url.replace("http", "ws")
    return connect(asked, sock=there, additional_headers=headers, origin=origin, proxy=None)


def opened(url: str, headers: dict[str, str], client: dict[str, str], token: str = "") -> str:
    """What a gateway says to who connects so: `ok`, a code, or the status of the upgrade."""
    origin = headers.pop("origin", None)
    try:
        with linked(url, headers, origin) as link:
            asked = {
                "type": "req", "id": "1", "method": "connect", "params": {
                    "minProtocol": 4, "maxProtocol": 4, "role": "operator",
                    "client": {**client, "version": "1", "platform": "linux"},
                    "scopes": ["operator.admin"], "caps": [],
                    **({"auth": {"token": token}} if token else {}),
                },
            }  # fmt: skip
            link.recv(5)
            link.send(json.dumps(asked))
            told = json.loads(link.recv(5))
    except InvalidStatus as refused:
        return str(refused.response.status_code)
    return "ok" if told.get("ok") else str(told["error"]["code"])


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"x-forwarded-user": "olga"}, {**PROXIED, "x-forwarded-user": "olga"},
        {**PROXIED, "x-clawband": "olga"}, {**PROXIED, "x-openclaw-scopes": "operator.admin"},
        {**PROXIED, "x-real-ip": "203.0.113.9", "forwarded": "for=203.0.113.9"},
    ],
)  # fmt: skip
def test_beside_the_door_nobody_gets_in(front: Front, headers: dict[str, str]) -> None:
    told = httpx.get(f"{front.gateway.url}/v1/models", headers=headers)
    assert told.status_code in (401, 403), told.text
    asked = httpx.post(f"{front.gateway.url}/v1/chat/completions", headers=headers, json=ASK)
    assert asked.status_code in (401, 403), asked.text
    for client in CLIENTS:
        said = dict(headers) | {"origin": front.url}
        assert opened(front.gateway.url, said, client) not in ("ok", "101")


def test_the_old_token_is_no_token_any_more(front: Front) -> None:
    for client in CLIENTS:
        assert opened(front.gateway.url, {}, client, front.gateway.token) != "ok"
    far = {**PROXIED, "authorization": f"Bearer {front.gateway.token}"}
    assert httpx.get(f"{front.gateway.url}/v1/models", headers=far).status_code in (401, 403)


def test_our_own_live_control_goes_on(front: Front) -> None:
    again = clawband(front.folder, "door", "attach", "front", "--yes")
    assert "nothing changes" in again.stdout, again


@pytest.mark.parametrize("path", ["/", "/v1/models", "/health", "/.clawband/x", "/login"])
def test_a_stranger_gets_nothing_at_the_door(front: Front, path: str) -> None:
    told = front.ask("GET", path, {"cookie": "clawband-door=guessed"})
    assert told.status_code in (401, 404), told.text
    assert opened(front.url, {"origin": front.url}, CLIENTS[2]) == "401"
    assert opened(front.url, {"origin": "https://evil.example"}, CLIENTS[2]) == "403"


def test_a_person_reaches_the_control_ui_with_passkey_and_role(browser: Any, front: Front) -> None:
    with seat(browser, front.console) as at:
        page = welcomed(front, at, "otto", "operator")
        expect(page.get_by_text("Connected", exact=True)).to_be_attached(timeout=60_000)
        expect(page.get_by_text("otto", exact=True).first).to_be_visible()
        (came,) = front.events("door:open")
        assert (came["who"], came["gateway"]) == ("otto", "shop")
        inside = {"cookie": cookie(at), "origin": front.url}
        asked = front.ask("POST", "/v1/chat/completions", inside, json=ASK)
        assert asked.status_code == 200 and "parcel" in asked.text
        for trick in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            told = front.ask("GET", "/v1/models", {**inside, **trick})
            assert told.status_code == 403, told.text
        said = {**inside, "origin": "https://evil.example"}
        assert opened(front.url, said, CLIENTS[2]) == "403"


def test_scopes_are_those_of_the_role_and_end_with_the_account(browser: Any, front: Front) -> None:
    with seat(browser, front.console) as at:
        welcomed(front, at, "vera", "viewer")
        inside = {"cookie": cookie(at), "origin": front.url, "x-openclaw-scopes": "operator.admin"}
        assert front.ask("GET", "/v1/models", inside).status_code == 200
        asked = front.ask("POST", "/v1/chat/completions", inside, json=ASK)
        assert asked.status_code == 403 and "missing scope: operator.write" in asked.text

        inside.pop("origin")
        with linked(front.url, inside, front.url) as link:
            link.recv(5)
            clawband(front.folder, "operator", "remove", "vera")
            began = time.monotonic()
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    link.recv(5)
            assert closed.value.rcvd and closed.value.rcvd.code == 1008
            assert time.monotonic() - began < 1
        assert front.ask("GET", "/v1/models", inside).status_code == 401
        assert [each["who"] for each in front.events("door:close")] == ["vera"]


def test_an_account_without_the_role_is_told_so(browser: Any, front: Front) -> None:
    with seat(browser, front.console) as at:
        page = at.page
        page.goto(front.invited("aude", "auditor"))
        page.get_by_role("button", name="Make a passkey").click()
        page.wait_for_url("**/me")
        page.goto(front.url)
        expect(page.locator("main")).to_contain_text("may not go through the door")
        assert [each["detail"]["category"] for each in front.events("door:refuse")].count("role")


def test_the_door_is_taken_away_again(front: Front) -> None:
    gone = clawband(front.folder, "door", "detach", "front", "--yes")
    assert "not behind a door any more" in gone.stdout, gone
    far = {"authorization": f"Bearer {front.gateway.token}"}
    assert httpx.get(f"{front.gateway.url}/v1/models", headers=far).status_code == 200
    config = json.loads(front.gateway.config_path.read_text())["gateway"]
    assert config["auth"] == {"mode": "token", "token": front.gateway.token}
