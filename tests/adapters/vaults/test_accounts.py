"""Accounts that a real OpenBao makes in a real PostgreSQL."""

import json
import time

import pytest

from clawband.adapters.vaults.accounts import AccountsVault
from clawband.adapters.vaults.bao import Bao
from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.own import OwnVault
from clawband.model.errors import InputError, NotFoundError, UnavailableError
from clawband.ports.vault import NEWEST
from tests.servers.postgres import ADMIN, PASSWORD
from tests.servers.signing_in import by_token

MADE = "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"
LEASES = ("sys/leases/lookup", "sys/leases/renew", "sys/leases/revoke")


class Desk:
    """The engine with a role `reader`, and vaults of it that share one memory."""

    def __init__(self, openbao, postgres, folder):
        self.bao, self.postgres, self._folder = openbao, postgres, folder
        self.mount = openbao.mount("database")
        config = {
            "plugin_name": "postgresql-database-plugin",
            "connection_url": postgres.url("{{username}}", "{{password}}"),
            "username": ADMIN, "password": PASSWORD, "allowed_roles": "*",
        }  # fmt: skip
        openbao.call("POST", f"{self.mount}/config/shop", config)
        self.role("reader", 60, 600)
        self._opened = []

    def role(self, name, seconds, most):
        asked = {
            "db_name": "shop", "creation_statements": [MADE],
            "default_ttl": f"{seconds}s", "max_ttl": f"{most}s",
        }  # fmt: skip
        self.bao.call("POST", f"{self.mount}/roles/{name}", asked)

    def vault(self, clock=time.monotonic):
        """As after a start."""
        own = OwnVault(self._folder / "own", LocalMaster(b"m" * 32))
        server = Bao(by_token(self.bao, self._folder, f"{self.mount}/*", *LEASES))
        self._opened.append(AccountsVault(server, self.mount, own, "shop", clock))
        return self._opened[-1]

    def opens(self, value):
        account = json.loads(value)
        return self.postgres.opens(account["username"], account["password"])

    def close(self):
        for each in self._opened:
            each.close()


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def desk(openbao, postgres, tmp_path):
    made = Desk(openbao, postgres, tmp_path)
    yield made
    made.close()


def test_an_account_is_made_once_and_ended_when_it_is_dropped(desk):
    vault = desk.vault()
    assert vault.newest("reader") == 0
    value = vault.read("reader", NEWEST)
    assert desk.opens(value)
    assert vault.newest("reader#password") == 1
    parts = [vault.read(f"reader#{part}", 1).decode() for part in ("username", "password")]
    assert parts == list(json.loads(value).values())
    vault.drop("reader", 1)
    vault.drop("reader", 1)
    assert not desk.opens(value)
    with pytest.raises(NotFoundError):
        vault.read("reader", 1)
    assert vault.newest("reader") == 0


def test_a_restart_ends_nobodys_account(desk):
    first = desk.vault()
    value = first.read("reader", NEWEST)
    first.close()
    after = desk.vault()
    assert after.newest("reader") == 1
    assert after.read("reader", 1) == value
    assert desk.opens(value)


def test_an_account_is_renewed_before_its_time_and_followed_when_it_cannot_be(desk):
    clock = Clock()
    vault = desk.vault(clock)
    first = vault.read("reader", NEWEST)
    clock.now = 45
    assert vault.newest("reader") == 1
    clock.now = 90
    assert vault.read("reader", 1) == first, "renewed after 45 of its 60 seconds"
    desk.role("reader", 10, 10)
    assert vault.newest("reader") == 2, "the engine lets it live no longer"
    assert vault.read("reader", 1) == first, "whoever has it can finish"
    assert desk.opens(first)
    assert desk.opens(vault.read("reader", 2))


def test_an_account_that_was_ended_there_is_followed(desk):
    vault = desk.vault()
    value = vault.read("reader", NEWEST)
    desk.bao.call("PUT", f"sys/leases/revoke-prefix/{desk.mount}/creds/reader")
    after = desk.vault()
    with pytest.raises(NotFoundError, match="is over"):
        after.read("reader", 1)
    assert after.newest("reader") == 2
    assert desk.opens(after.read("reader", 2))
    assert not desk.opens(value)


def test_an_account_that_is_ended_while_we_run_is_noticed_within_a_minute(desk):
    clock = Clock()
    vault = desk.vault(clock)
    desk.role("reader", 600, 600)
    vault.read("reader", NEWEST)
    desk.bao.call("PUT", f"sys/leases/revoke-prefix/{desk.mount}/creds/reader")
    assert vault.newest("reader") == 1, "not asked again yet"
    assert desk.opens(vault.read("reader", NEWEST)), "who asks for the newest is told the truth"
    desk.bao.call("PUT", f"sys/leases/revoke-prefix/{desk.mount}/creds/reader")
    clock.now = 60
    assert vault.newest("reader") == 3


def test_a_sealed_server_ends_nothing(desk):
    vault = desk.vault()
    value, after = vault.read("reader", NEWEST), desk.vault()
    desk.bao.seal()
    try:
        with pytest.raises(UnavailableError, match="sealed"):
            vault.read("reader", NEWEST)
        assert vault.read("reader", 1) == value, "it is known to be alive"
        with pytest.raises(UnavailableError, match="sealed"):
            vault.drop("reader", 1)
        with pytest.raises(UnavailableError, match="sealed"):
            after.read("reader", 1)
    finally:
        desk.bao.unseal()
    assert vault.read("reader", 1) == value
    assert desk.opens(value)


def test_nothing_can_be_written(desk):
    with pytest.raises(InputError, match="only read"):
        desk.vault().write("reader", b"x")


@pytest.mark.parametrize("place", ["", "#password", "reader#other"])
def test_a_wrong_place_is_told(desk, place):
    with pytest.raises(InputError, match="no place of accounts"):
        desk.vault().read(place, NEWEST)


def test_a_role_that_is_not_there_is_told(desk):
    with pytest.raises((InputError, NotFoundError)):
        desk.vault().read("nobody", NEWEST)
