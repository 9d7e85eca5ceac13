"""Which credentials leave an openclaw.json, and what stands there afterwards."""

import json
from typing import Any

import pytest

from clawband.openclaw import imported
from clawband.openclaw.credentials import Source, credentials
from clawband.openclaw.patches import merge_patch

CONFIG: dict[str, Any] = {
    "gateway": {"port": 9, "auth": {"mode": "token", "token": "gateway-token"}},
    "models": {"providers": {"Main_1": {"apiKey": "sk-1"}, "other": {"apiKey": "${KEY}"}}},
    "channels": {
        "telegram": {"accounts": {"desk": {"botToken": "1:a"}}},
        "googlechat": {"serviceAccount": {"type": "service_account", "private_key": "p"}},
        "discord": {"token": {"source": "env", "provider": "default", "id": "DISCORD"}},
    },
    "mcp": {"servers": {"crm": {"env": {"CRM_TOKEN": "t"}, "args": ["a"]}}},
}


def test_each_value_that_can_be_a_reference_becomes_one():
    moves, stays = imported.plan(CONFIG, "shop")
    assert {each.name: each.kind for each in moves} == {
        "gateway.auth.token": "token",
        "models.providers.Main_1.apiKey": "api key",
        "channels.telegram.accounts.desk.botToken": "bot token",
        "channels.googlechat.serviceAccount": "service account",
    }
    assert [each.name for each in stays] == ["mcp.servers.crm.env.CRM_TOKEN"]
    after = imported.referring(CONFIG, moves)
    found = [each for each in credentials(after) if each.source is Source.VALUE]
    assert [each.name for each in found] == ["mcp.servers.crm.env.CRM_TOKEN"]
    assert imported.plan(after, "shop") == ([], stays)
    assert "sk-1" in json.dumps(CONFIG) and "sk-1" not in json.dumps(after)
    assert imported.left(CONFIG, moves) == moves and imported.left(after, moves) == []


def test_values_are_those_that_stand_there():
    moves, _ = imported.plan(CONFIG, "shop")
    values = {each.name: imported.value(CONFIG, each) for each in moves}
    assert values["gateway.auth.token"] == b"gateway-token"
    account = values["channels.googlechat.serviceAccount"]
    assert json.loads(account) == CONFIG["channels"]["googlechat"]["serviceAccount"]


def test_nothing_of_an_object_stays_beside_its_reference():
    moves, _ = imported.plan(CONFIG, "shop")
    patch, _ = merge_patch(CONFIG, imported.referring(CONFIG, moves))
    assert patch["channels"]["googlechat"]["serviceAccount"] == {
        "type": None, "private_key": None, "source": "exec", "provider": "clawband",
        "id": "shop/channels.googlechat.serviceaccount",
    }  # fmt: skip


@pytest.mark.parametrize("length", [1, 60, 200])
def test_names_are_secret_names_and_each_is_its_own(length):
    names = ["x" * length, "X" * length, "x" * (length - 1) + "_", "é" * length]
    config = {"models": {"providers": {each: {"apiKey": "k"} for each in names}}}
    found = [each.secret for each in imported.plan(config, "shop")[0]]
    assert len(set(found)) == len(names) and all(len(each) <= imported.LONGEST for each in found)
