"""Where the credentials of a configuration stand, and that their values are never told."""

import json

import pytest

from clawband.openclaw.credentials import (
    HIDDEN,
    MOST_FOUND,
    Held,
    Source,
    called_secret,
    credentials,
    places,
    providers,
)

VALUE = "sk-not-to-be-told-0123456789"
REFERENCE = {"source": "exec", "provider": "clawband", "id": "providers/openai"}


def only(config) -> Held:
    (found,) = credentials(config)
    return found


@pytest.mark.parametrize(
    ("config", "name", "referable"),
    [
        ({"gateway": {"auth": {"mode": "token", "token": VALUE}}}, "gateway.auth.token", True),
        ({"models": {"providers": {"stub": {"baseUrl": "http://a.example", "apiKey": VALUE}}}},
         "models.providers.stub.apiKey", True),
        ({"channels": {"telegram": {"botToken": VALUE, "apiRoot": "https://a.example"}}},
         "channels.telegram.botToken", True),
        ({"channels": {"slack": {"accounts": {"a.b": {"appToken": VALUE}}}}},
         "channels.slack.accounts.a.b.appToken", True),
        ({"tools": {"media": {"models": [{"request": {"tls": {"key": VALUE}}}]}}},
         "tools.media.models.0.request.tls.key", True),
        ({"hooks": {"token": VALUE}}, "hooks.token", False),
        ({"models": {"providers": {"a": {"headers": {"X-Api-Key": VALUE, "X-Team": "shop"}}}}},
         "models.providers.a.headers.X-Api-Key", True),
        ({"channels": {"googlechat": {"serviceAccount": {"private_key": VALUE, "type": "x"}}}},
         "channels.googlechat.serviceAccount", True),
    ],
)  # fmt: skip
def test_a_value_where_openclaw_has_a_credential(config, name, referable):
    found = only(config)
    assert (found.name, found.source, found.referable) == (name, Source.VALUE, referable)
    assert found.known
    assert VALUE not in repr(found)


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"env": {"vars": {"OPENAI_API_KEY": VALUE, "LANG": "C"}}}, "env.vars.OPENAI_API_KEY"),
        ({"mcp": {"servers": {"crm": {"env": {"DB": "postgres://u:p@db/x"}}}}},
         "mcp.servers.crm.env.DB"),
        ({"plugins": {"entries": {"x": {"config": {"apiSecret": VALUE}}}}},
         "plugins.entries.x.config.apiSecret"),
        ({"proxy": {"proxyUrl": "http://gateway.shop:word@127.0.0.1:3"}}, "proxy.proxyUrl"),
        ({"secrets": {"providers": {"v": {"source": "exec", "env": {"VAULT_TOKEN": VALUE}}}}},
         "secrets.providers.v.env.VAULT_TOKEN"),
        ({"plugins": {"entries": {"x": {"config": {"pin": HIDDEN}}}}},
         "plugins.entries.x.config.pin"),
        ({"x": {"tokens": [{"list": ["a"]}], "webhookToken": [VALUE]}}, "x.webhookToken.0"),
    ],
)  # fmt: skip
def test_a_value_that_is_only_called_like_one(config, name):
    found = only(config)
    assert (found.name, found.source) == (name, Source.VALUE)
    assert not found.known
    assert not found.referable


@pytest.mark.parametrize(
    ("value", "source", "provider", "id"),
    [
        (REFERENCE, Source.EXEC, "clawband", "providers/openai"),
        ({**REFERENCE, "id": HIDDEN}, Source.EXEC, "clawband", ""),
        ({"source": "store", "id": "KEY"}, Source.STORE, "default", "KEY"),
        ({"source": "file", "provider": "f", "id": "/a"}, Source.FILE, "f", "/a"),
        ("${OPENAI_API_KEY}", Source.ENV, "", ""),
        ("$OPENAI_API_KEY", Source.ENV, "", ""),
        ("OPENAI_API_KEY", Source.ENV, "", "OPENAI_API_KEY"),
        ("Bearer ${KEY}", Source.ENV, "", ""),
        ("$${KEY}", Source.VALUE, "", ""),
        (HIDDEN, Source.VALUE, "", ""),
        ("AKIAEXAMPLEEXAMPLE12", Source.VALUE, "", ""),
        ("${lower}", Source.VALUE, "", ""),
    ],
)
def test_a_reference_is_told_from_a_value(value, source, provider, id):
    found = only({"models": {"providers": {"a": {"apiKey": value}}}})
    assert (found.source, found.provider, found.id) == (source, provider, id)


def test_a_reference_counts_wherever_it_stands():
    found = only({"plugins": {"entries": {"x": {"config": {"anything": [REFERENCE]}}}}})
    assert found.name == "plugins.entries.x.config.anything.0"
    assert not found.known


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"gateway": {"auth": {"token": "", "password": None}}},
        {"gateway": {"auth": {"token": 5}}},
        {"models": {"providers": {"a": {"apiKey": "ollama-local"}, "b": {"apiKey": "oauth:x"}}}},
        {"agents": {"defaults": {"contextTokens": 100_000, "maxTokens": "9"}}},
        {"channels": {"telegram": {"tokenFile": "/run/secrets/bot"}}},
        {"tools": {"deny": ["token"], "web": {"fetch": {"headers": {"User-Agent": "x"}}}}},
        {"secrets": {"defaults": {"env": "default"}, "providers": {"x": {"passEnv": ["A_TOKEN"]}}}},
        {"x": {"source": "env", "id": ""}},
        {"x": {"source": ["env"], "id": {"a": 1}}},
        {"x": "https://[::broken"},
    ],
)  # fmt: skip
def test_what_is_none(config):
    assert credentials(config) == []


def test_the_order_is_that_of_the_configuration():
    config = {"hooks": {"token": "a"}, "gateway": {"auth": {"token": "b", "password": "c"}}}
    assert [each.name for each in credentials(config)] == [
        "hooks.token", "gateway.auth.token", "gateway.auth.password",
    ]  # fmt: skip


def test_a_configuration_of_thousands_ends():
    config = {"env": {"vars": {f"A{number}_TOKEN": "x" for number in range(MOST_FOUND * 2)}}}
    assert len(credentials(config)) == MOST_FOUND
    deep = json.loads('{"a":' * 500 + '{"token":"x"}' + "}" * 500)
    assert len(credentials(deep)) == 1


def test_who_resolves_references():
    config = {
        "secrets": {
            "providers": {
                "clawband": {"source": "exec", "command": "/usr/bin/x", "args": []},
                "plain": {"source": "file", "path": "~/secrets.json"},
                "broken": "x",
            }
        }
    }
    found = providers(config)
    assert set(found) == {"clawband", "plain"}
    assert (found["clawband"].source, found["clawband"].command) == ("exec", "/usr/bin/x")
    assert found["plain"].path == "~/secrets.json"
    assert providers({"secrets": {"providers": []}}) == {}
    assert providers({"secrets": "x"}) == {}


@pytest.mark.parametrize("name", ["authorization", "x-api-key", "X-Auth-Token", "DB_PASSWORD"])
def test_names_that_tell_a_secret(name):
    assert called_secret(name)


@pytest.mark.parametrize("name", ["User-Agent", "maxTokens", "secretFile", "X_KEY_PATH", "webhook"])
def test_names_that_tell_none(name):
    assert not called_secret(name)


def test_the_shipped_list_is_whole():
    known = places()
    assert known.at(("gateway", "auth", "token")) is True
    assert known.at(("hooks", "token")) is False
    assert known.at(("gateway", "auth", "mode")) is None
    assert sum(len(each) for each in known.ways.values()) > 150
