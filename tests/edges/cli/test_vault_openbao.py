"""A server whose secrets are in a real OpenBao and a real PostgreSQL, and its gateway that asks."""

import json
import time

import httpx
import pytest

from tests.adapters.vaults.test_accounts import LEASES, MADE
from tests.edges.cli.terminal import server
from tests.servers.postgres import ADMIN, PASSWORD
from tests.servers.signing_in import kept

NEW = ("--environment", "dev", "--kind", "k", "--purpose", "p", "--gateway", "sample")
TABLE = """
[[vault]]
name = "{name}"
kind = "{kind}"
environment = "dev"
url = "{server.url}"
authorities = "{server.authority}"
token_file = "token"
mount = "{mount}"
{more}
"""


@pytest.fixture(scope="module")
def mounts(openbao, postgres):
    """KV, and a database engine whose role `reader` makes accounts for a minute."""
    kv, database = openbao.mount("kv", version="2"), openbao.mount("database")
    config = {
        "plugin_name": "postgresql-database-plugin", "username": ADMIN, "password": PASSWORD,
        "connection_url": postgres.url("{{username}}", "{{password}}"), "allowed_roles": "*",
    }  # fmt: skip
    openbao.call("POST", f"{database}/config/shop", config)
    role = {"db_name": "shop", "creation_statements": [MADE], "default_ttl": "60s"}
    openbao.call("POST", f"{database}/roles/reader", role)
    return kv, database


@pytest.fixture(scope="module")
def terminal(openbao, mounts, tmp_path_factory):
    folder, (kv, database) = tmp_path_factory.mktemp("vaults"), mounts
    kept(folder / "token", openbao.token(f"{kv}/*", f"{database}/*", *LEASES))
    tables = TABLE.format(
        name="bao", kind="openbao", server=openbao, mount=kv, more="remember_seconds = 0"
    ) + TABLE.format(
        name="accounts", kind="openbao-database", server=openbao, mount=database, more=""
    )
    with server(folder, tables) as running:
        yield running


def asked(terminal, *names):
    """What the gateway is told."""
    answer = httpx.post(
        f"{terminal.url}/gateway/v1/secrets",
        json={"protocolVersion": 1, "provider": "clawband", "ids": names},
        headers={"authorization": f"Bearer {terminal.credential}"},
    )
    return answer.raise_for_status().json()


def test_a_value_of_openbao_reaches_the_gateway_and_not_while_it_is_sealed(
    terminal, openbao, mounts
):
    openbao.call("POST", f"{mounts[0]}/data/team/crm", {"data": {"value": "hunter2-hunter2"}})
    added = terminal("secret", "add", "crm/key", *NEW, "--vault", "bao", "--at", "team/crm")
    assert added.code == 0, added
    assert asked(terminal, "crm/key")["values"] == {"crm/key": "hunter2-hunter2"}
    openbao.seal()
    try:
        told = terminal("vault", "status")
        assert (told.code, told.out.count("sealed")) == (1, 2)
        assert asked(terminal, "crm/key")["values"] == {}
        assert "sealed" in terminal("secret", "refresh", "crm/key").err
        assert "sealed" in terminal("vault", "check").out
    finally:
        openbao.unseal()
    until = time.monotonic() + 20
    while terminal("vault", "status").code and time.monotonic() < until:
        time.sleep(0.1)  # a machine with much to do is slow to be back
    assert asked(terminal, "crm/key")["values"] == {"crm/key": "hunter2-hunter2"}
    refused = terminal("activity", "--json")
    assert "it is sealed" in refused.out and "hunter2" not in refused.out


def test_a_new_value_is_written_there(terminal, openbao, mounts):
    terminal("secret", "add", "ours/key", *NEW, "--vault", "bao", "--at", "ours")
    assert terminal("secret", "set", "ours/key", given="first-first").code == 0
    assert terminal("secret", "set", "ours/key", given="second-second").code == 0
    found = openbao.call("GET", f"{mounts[0]}/data/ours")
    assert found["data"]["data"] == {"value": "second-second"}
    assert asked(terminal, "ours/key")["values"] == {"ours/key": "second-second"}


def test_an_account_is_made_for_the_gateway_and_opens_the_database(terminal, postgres):
    added = terminal("secret", "add", "db/reader", *NEW, "--vault", "accounts", "--at", "reader")
    assert added.code == 0, added
    account = json.loads(asked(terminal, "db/reader")["values"]["db/reader"])
    assert postgres.opens(account["username"], account["password"])
    assert asked(terminal, "db/reader")["values"]["db/reader"] == json.dumps(account)
    refused = terminal("secret", "set", "db/reader", given="other")
    assert refused.code == 2 and "only read from" in refused.err


def test_a_secret_of_another_environment_has_no_place_there(terminal):
    new = ("--environment", "production", "--kind", "k", "--purpose", "p")
    added = terminal("secret", "add", "prod/key", *new, "--vault", "bao", "--at", "team/crm")
    assert added.code == 2
    assert "the vault `bao` is for dev" in added.err
