"""The whole server in this process: its doors, its start, its stop."""

import asyncio
import json
import socket
import stat
from dataclasses import replace

import httpx
import pytest

from clawband.bootstrap import build, running
from clawband.flows.sessions import SESSION
from clawband.model.errors import Error, InvariantError, UnavailableError
from clawband.model.people import Rules
from clawband.model.providers import ProviderSettings
from clawband.settings import Settings
from examples.sample.gateway import free_port
from tests.simulators.small import PASSWORD, WORKFLOWS, story


def settings(folder):
    return Settings(state=folder / "state", port=free_port())


def unix(chosen, credential=""):
    transport = httpx.AsyncHTTPTransport(uds=str(chosen.socket))
    headers = {"authorization": f"Bearer {credential}"} if credential else {}
    return httpx.AsyncClient(transport=transport, base_url="http://x", headers=headers)


@story
async def test_what_is_kept_is_for_this_user_only(tmp_path):
    chosen = settings(tmp_path)
    async with running(chosen):
        assert stat.S_IMODE(chosen.socket.stat().st_mode) == 0o600
        for path in [chosen.state, *chosen.state.rglob("*")]:
            assert path.stat().st_mode & 0o077 == 0, path
    assert not chosen.socket.exists()


@story
async def test_operators_are_not_served_on_the_gateways_socket(tmp_path):
    chosen = settings(tmp_path)
    async with running(chosen), unix(chosen) as http:
        for path in ("/api/v1/status", "/api/v1/session", "/", "/login"):
            assert (await http.get(path)).status_code == 404
        assert (await http.post("/gateway/v1/ask", content=b"{}")).status_code == 401


@story
async def test_models_have_a_door_of_their_own_when_there_are_any(tmp_path):
    lab = ProviderSettings(name="lab", url="http://127.0.0.1:9/v1")
    chosen = replace(settings(tmp_path), models_port=free_port())
    for providers, open_ in ((), False), ((lab,), True):
        async with running(replace(chosen, providers=providers)), httpx.AsyncClient() as http:
            asking = http.get(f"http://127.0.0.1:{chosen.models}/lab/v1/models")
            if open_:
                assert (await asking).status_code == 401
                continue
            with pytest.raises(httpx.ConnectError):
                await asking


@story
async def test_a_watcher_is_told_as_it_happens(tmp_path):
    chosen = settings(tmp_path)
    async with running(chosen) as service:
        await service.policies.publish_as(WORKFLOWS, "setup", "")
        credential, _ = await service.gateways.enroll("sample", "dev", "setup")
        await service.operators.add_as("ana", ["viewer"], [], PASSWORD, "setup")
        token = await service.people.sign_in("ana", PASSWORD)
        async with unix(chosen, credential) as gateway, httpx.AsyncClient() as http:
            headers = {"authorization": f"Bearer {token}"}
            url = f"{chosen.url}/api/v1/stream"
            async with http.stream("GET", url, headers=headers) as stream:
                assert stream.headers["content-type"].startswith("text/event-stream")
                body = {"v": 1, "boot": "b", "seq": 1, "hook": "run", "event": {"prompt": "x"},
                        "ctx": {"agentId": "support", "messageProvider": "telegram"}}  # fmt: skip
                answer = (await gateway.post("/gateway/v1/ask", json=body)).json()
                async with asyncio.timeout(5):
                    async for line in stream.aiter_lines():
                        if line.startswith("data: "):
                            told = json.loads(line.removeprefix("data: "))
                            if told["id"] == answer["decision"]:
                                break


@pytest.mark.parametrize("name", ["port", "egress_port"])
@story
async def test_a_taken_port_is_refused_with_what_to_do_and_nothing_stays_open(tmp_path, name):
    chosen = settings(tmp_path)
    with socket.socket() as taken:
        taken.bind((chosen.host, chosen.port if name == "port" else chosen.egress))
        taken.listen()
        with pytest.raises(UnavailableError, match=r"port \d+ on 127.0.0.1 is taken") as refused:
            async with running(chosen):
                pass
        assert f"set another `{name}`" in refused.value.remedy
    async with running(chosen):
        pass


@story
async def test_a_path_too_long_for_a_socket_is_refused(tmp_path):
    deep = tmp_path / ("x" * 120)
    with pytest.raises(UnavailableError, match="the socket cannot be made"):
        async with running(Settings(state=deep, port=free_port())):
            pass


@story
async def test_a_start_that_fails_lets_go_of_everything(tmp_path):
    chosen = settings(tmp_path)
    async with running(chosen):
        pass
    kept = chosen.store.read_bytes()
    chosen.store.unlink()
    with pytest.raises(InvariantError, match="cut or replaced"):
        async with running(chosen):
            pass
    for path in chosen.state.glob("clawband.db*"):
        path.unlink()
    chosen.store.write_bytes(kept)
    async with running(chosen) as service:
        assert service.running.store.size() >= 3


@story
async def test_a_lost_payload_key_is_noticed(tmp_path):
    chosen = settings(tmp_path)
    async with running(chosen) as service:
        await service.policies.publish_as(WORKFLOWS, "setup", "")
        credential, _ = await service.gateways.enroll("sample", "dev", "setup")
        async with unix(chosen, credential) as http:
            body = {"v": 1, "boot": "b", "seq": 1, "hook": "run", "event": {"prompt": "x"}}
            assert (await http.post("/gateway/v1/ask", json=body)).status_code == 200
    (chosen.state / "keys" / "payload.key").unlink()
    with pytest.raises(InvariantError, match="another key"):
        build(chosen)


@story
async def test_a_broken_active_set_starts_and_permits_nothing_until_it_is_published_again(tmp_path):
    chosen = settings(tmp_path)
    async with running(chosen) as service:
        await service.policies.publish_as(WORKFLOWS, "setup", "")
    for path in (chosen.state / "policies").glob("*.json"):
        path.write_text("{}")
    async with running(chosen) as service:
        assert service.policies.active is None and "altered" in service.policies.problem
        with pytest.raises(Error):
            await service.policies.publish_as({"x.cedar": "permit ("}, "setup", "")
        await service.policies.publish_as(WORKFLOWS, "setup", "")
        assert service.policies.active and service.policies.problem == ""
    async with running(chosen) as service:
        assert service.policies.active


@story
async def test_the_console_is_where_its_origin_says(tmp_path):
    rules = Rules(origin="https://clawband.example", trusted_proxies=("127.0.0.1",))
    chosen = replace(settings(tmp_path), people=rules)
    async with running(chosen) as service:
        await service.operators.add_as("ada", ["admin"], [], PASSWORD, "tests")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{chosen.port}") as http:
            form = {"name": "ada", "password": PASSWORD}
            here = {"host": "clawband.example", "origin": "https://clawband.example",
                    "x-forwarded-for": "127.0.0.1, 203.0.113.7"}  # fmt: skip
            entered = await http.post("/login", data=form, headers=here)
            assert entered.status_code == 303
            assert entered.headers["set-cookie"].startswith("__Host-clawband=")
            (opened,) = [each.value for each in SESSION.all(service.running.store)]
            assert opened.address == "203.0.113.7", "whom the proxy serves"
            plain = here | {"origin": "http://clawband.example"}
            assert (await http.post("/login", data=form, headers=plain)).status_code == 401
            other = await http.get("/login", headers={"host": "evil.example"})
            assert other.status_code == 400
