"""The servers that other tests rely on keep what they promise."""

import httpx
import pytest

from tests.servers.postgres import ADMIN, PASSWORD, RefusedError


def test_openbao_keeps_values_and_holds_tokens_to_their_paths(openbao):
    kv = openbao.mount("kv", version="2")
    openbao.call("POST", f"{kv}/data/crm", {"data": {"value": "x"}})
    token = openbao.token(f"{kv}/data/crm")
    found = openbao.call("GET", f"{kv}/data/crm", token=token)
    assert found["data"]["data"] == {"value": "x"}
    with pytest.raises(AssertionError, match="403"):
        openbao.call("GET", f"{kv}/data/other", token=token)


def test_openbao_survives_a_seal_and_a_stop(openbao):
    kv = openbao.mount("kv", version="2")
    openbao.call("POST", f"{kv}/data/crm", {"data": {"value": "x"}})
    openbao.seal()
    with pytest.raises(AssertionError, match="503"):
        openbao.call("GET", f"{kv}/data/crm")
    openbao.unseal()
    openbao.stop()
    with pytest.raises(httpx.ConnectError):
        openbao.call("GET", f"{kv}/data/crm")
    openbao.start()
    assert openbao.call("GET", f"{kv}/data/crm")["data"]["data"] == {"value": "x"}


def test_postgres_opens_to_the_right_password_only(postgres):
    assert postgres.opens(ADMIN, PASSWORD)
    assert not postgres.opens(ADMIN, "wrong")
    assert not postgres.opens("nobody_there", PASSWORD)
    with pytest.raises(RefusedError, match="syntax error"):
        postgres.sql("selekt")


def test_openbao_makes_accounts_in_postgres(openbao, postgres):
    database = openbao.mount("database")
    openbao.call(
        "POST",
        f"{database}/config/shop",
        {
            "plugin_name": "postgresql-database-plugin",
            "connection_url": postgres.url("{{username}}", "{{password}}"),
            "username": ADMIN,
            "password": PASSWORD,
            "allowed_roles": "*",
        },
    )
    made = "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"
    openbao.call(
        "POST",
        f"{database}/roles/reader",
        {"db_name": "shop", "creation_statements": [made], "default_ttl": "60s"},
    )
    lent = openbao.call("GET", f"{database}/creds/reader")
    user, password = lent["data"]["username"], lent["data"]["password"]
    assert postgres.opens(user, password)
    openbao.call("PUT", "sys/leases/revoke", {"lease_id": lent["lease_id"], "sync": True})
    assert not postgres.opens(user, password)
