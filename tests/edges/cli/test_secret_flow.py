"""`clawband secret flow` before a server that knows a gateway's files."""

import json

import pytest

from tests.edges.cli.terminal import server

VALUE = "sk-not-to-be-told-0123456789"
CONFIG = {
    "gateway": {"auth": {"token": VALUE}},
    "channels": {"telegram": {"botToken": "${BOT_TOKEN}"}},
    "hooks": {"token": VALUE},
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flow")
    (folder / "openclaw").mkdir()
    (folder / "openclaw" / "openclaw.json").write_text(json.dumps(CONFIG))
    key = folder / "model.key"
    key.touch(0o600)
    key.write_text(VALUE)
    more = (
        '[[gateway]]\nname = "sample"\nconfig = "openclaw/openclaw.json"\n'
        '[[model]]\nname = "stub"\nurl = "https://models.example/v1"\nkey_file = "model.key"\n'
    )
    with server(folder, more) as running:
        yield running


def test_what_lies_where_and_what_mends_it(shop):
    told = shop("secret", "flow")
    assert told.code == 1 and VALUE not in told.out + told.err
    token = next(line for line in told.out.splitlines() if "gateway.auth.token" in line)
    assert "agents can read it" in token and "openclaw.json" in token
    assert "in clear beside the configuration" in told.out
    assert "model provider stub" in told.out and "never leaves Clawband" in told.out
    assert told.out.count("to mend: clawband secret import --gateway sample") == 1
    assert "hooks.token: OpenClaw takes a value only here" in told.err


def test_for_programs(shop):
    told = shop("secret", "flow", "--json")
    assert told.code == 1 and VALUE not in told.out
    (course,) = told.json["gateways"]
    assert {each["key"]: each["reach"] for each in course["credentials"]} == {
        "gateway.auth.token": "open", "hooks.token": "open", "channels.telegram.botToken": "near",
    }  # fmt: skip
    assert told.json["own"][0]["to"] == ["models.example"]


def test_nothing_in_the_way_of_agents(terminal):
    told = terminal("secret", "flow")
    assert told.code == 0
    assert "no `config` is named for it" in told.err
