"""What a credential is for."""

import pytest

from clawband.openclaw.destinations import ITSELF, destination

CONFIG = {
    "gateway": {"auth": {"token": "x"}, "remote": {"url": "wss://far.example/x", "token": "x"}},
    "models": {
        "providers": {
            "openai": {"baseUrl": "https://api.openai.example/v1", "apiKey": "x",
                       "request": {"auth": {"token": "x"}}},
            "local": {"apiKey": "x"},
            "odd": {"baseUrl": "https://[::x", "apiKey": "x"},
        }
    },
    "channels": {"telegram": {"apiRoot": "http://127.0.0.1:9", "botToken": "x"},
                 "slack": {"accounts": {"a": {"botToken": "x"}}}},
    "mcp": {"servers": {"crm": {"url": "https://mcp.example", "headers": {"authorization": "x"}}}},
    "plugins": {"entries": {"brave": {"config": {"webSearch": {"apiKey": "x"}}}}},
    "skills": {"entries": {"notes": {"apiKey": "x"}}},
    "hooks": {"token": "x"},
    "env": {"vars": {"A_TOKEN": "x"}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("dotted", "opens"),
    [
        ("gateway.auth.token", ITSELF),
        ("gateway.remote.token", "far.example"),
        ("models.providers.openai.apiKey", "api.openai.example"),
        ("models.providers.openai.request.auth.token", "api.openai.example"),
        ("models.providers.local.apiKey", "local"),
        ("models.providers.odd.apiKey", "odd"),
        ("channels.telegram.botToken", "127.0.0.1"),
        ("channels.slack.accounts.a.botToken", "slack"),
        ("mcp.servers.crm.headers.authorization", "mcp.example"),
        ("plugins.entries.brave.config.webSearch.apiKey", "brave"),
        ("skills.entries.notes.apiKey", "notes"),
        ("hooks.token", "hooks"),
        ("env.vars.A_TOKEN", ""),
        ("nowhere.at.all", "nowhere"),
    ],
)
def test_what_it_opens(dotted, opens):
    assert destination(CONFIG, tuple(dotted.split("."))) == opens


def test_a_list_on_the_way_has_no_name():
    assert destination({"tools": {"media": {"models": [{}]}}}, ("tools", "media", 0)) == "tools"
