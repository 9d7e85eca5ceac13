"""What is found in the files of a gateway, and in files that somebody put in their place."""

import json
import os
import socket

import pytest

from clawband.adapters.gateways.credentials import MOST_BYTES, OpenClawCredentials
from clawband.adapters.gateways.openclaw import Link
from clawband.openclaw.credentials import HIDDEN, Source
from tests.simulators.gateway_socket import gateway_socket

VALUE = "sk-not-to-be-told-0123456789"
CONFIG = {
    "gateway": {"auth": {"token": VALUE}},
    "models": {"providers": {"stub": {
        "baseUrl": "https://api.example/v1",
        "apiKey": {"source": "exec", "provider": "clawband", "id": "stub"}}}},
    "secrets": {"providers": {"clawband": {"source": "exec", "command": "/opt/provider"}}},
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "openclaw.json").write_text(json.dumps(CONFIG))
    return tmp_path


def read(folder, **given):
    return OpenClawCredentials(str(folder / "openclaw.json"), "", **given).read()


def told(reading):
    return {(each.file, each.held.name, each.held.source) for each in reading.found}


def test_values_and_references_of_the_configuration(folder):
    reading = read(folder)
    assert told(reading) == {
        ("openclaw.json", "gateway.auth.token", Source.VALUE),
        ("openclaw.json", "models.providers.stub.apiKey", Source.EXEC),
    }
    assert {each.to for each in reading.found} == {"the gateway itself",
                                                   "api.example"}  # fmt: skip
    assert reading.providers["clawband"].command == "/opt/provider"
    assert reading.problems == ()
    assert VALUE not in repr(reading)


def test_copies_and_what_is_generated(folder):
    (folder / "openclaw.json.bak").write_text(json.dumps({"hooks": {"token": VALUE}}))
    (folder / ".env").write_text(f"# x\nexport OPENAI_API_KEY='{VALUE}'\nLANG=C\nA_TOKEN=\n")
    made = folder / "agents" / "main" / "agent"
    made.mkdir(parents=True)
    (made / "models.json").write_text(json.dumps({"providers": {"a": {"apiKey": VALUE}}}))
    reading = read(folder)
    assert told(reading) >= {
        ("openclaw.json.bak", "hooks.token", Source.VALUE),
        (".env", "OPENAI_API_KEY", Source.VALUE),
        ("agents/main/agent/models.json", "models.providers.a.apiKey", Source.VALUE),
    }
    assert len(reading.found) == 5 and VALUE not in repr(reading)


def test_what_others_put_there_neither_hangs_nor_leads_elsewhere(folder, tmp_path_factory):
    away = tmp_path_factory.mktemp("away") / "other.json"
    away.write_text(json.dumps({"hooks": {"token": VALUE}}))
    os.mkfifo(folder / "openclaw.json.pipe")
    os.symlink(away, folder / "openclaw.json.link")
    (folder / "openclaw.json.folder").mkdir()
    (folder / "openclaw.json.deep").write_text("[" * 200_000)
    (folder / "openclaw.json.bin").write_bytes(b"\xff\x00")
    with (folder / "openclaw.json.large").open("wb") as large:
        large.truncate(MOST_BYTES + 1)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "openclaw.json.sock"))
        reading = read(folder)
    assert len(reading.found) == 2
    assert len(reading.problems) == 7, "each is named"
    assert all(each.startswith("`openclaw.json.") for each in reading.problems)


def test_a_configuration_that_is_no_plain_json_is_asked_for_where_it_runs(folder):
    (folder / "openclaw.json").write_text("{ // a comment\n gateway: {auth: {token: 'x'}} }")
    (problem,) = read(folder).problems
    assert "is not plain JSON" in problem and read(folder).found == ()
    hidden = {"parsed": {"gateway": {"auth": {"token": HIDDEN}}}}

    def answer(frame):
        return [{"type": "res", "id": frame["id"], "ok": True, "payload": hidden}]

    with gateway_socket(answer) as (url, asked):
        reading = read(folder, live=lambda: Link(url, "t", seconds=2))
    assert asked[-1]["method"] == "config.get"
    assert told(reading) == {("openclaw.json", "gateway.auth.token", Source.VALUE)}
    assert reading.problems == ()


def test_a_gateway_that_is_asked_in_vain_is_a_problem(folder):
    (folder / "openclaw.json").write_text("{ // a comment\n}")
    reading = read(folder, live=lambda: Link("ws://127.0.0.1:1", "t", seconds=0.2))
    assert reading.found == () and "does not answer" in reading.problems[0]


def test_a_configuration_that_is_not_there(tmp_path):
    (problem,) = read(tmp_path).problems
    assert "No such file" in problem
