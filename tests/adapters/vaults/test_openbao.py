"""OpenBao's KV engine: a real server, in every state that it can be in."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from clawband.adapters.vaults.bao import Bao
from clawband.adapters.vaults.openbao import OpenBaoVault
from clawband.model.errors import (
    AuthenticationError,
    InputError,
    NotFoundError,
    UnavailableError,
)
from clawband.ports.vault import NEWEST
from tests.servers.signing_in import by_role, by_token, kept, settings
from tests.simulators.signing import Signing


@pytest.fixture
def opened():
    """`opened(settings, mount)` is closed at the end."""
    made = []

    def opening(given, mount, clock=time.monotonic):
        made.append(OpenBaoVault(Bao(given, clock), mount))
        return made[-1]

    yield opening
    for each in made:
        each.close()


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def mount(openbao):
    return openbao.mount("kv", version="2")


@pytest.fixture
def vault(openbao, mount, tmp_path, opened):
    return opened(by_token(openbao, tmp_path, f"{mount}/*"), mount)


def test_a_team_reads_what_we_write_and_we_read_what_it_wrote(vault, openbao, mount):
    vault.write("team/crm", b"ours")
    found = openbao.call("GET", f"{mount}/data/team/crm")
    assert found["data"]["data"] == {"value": "ours"}
    openbao.call("POST", f"{mount}/data/team/mail", {"data": {"user": "u", "password": "p"}})
    assert vault.read("team/mail#password", NEWEST) == b"p"
    assert vault.newest("team/mail#password") == 1


def test_a_path_with_other_fields_is_not_ours_to_write(vault, openbao, mount):
    openbao.call("POST", f"{mount}/data/team/mail", {"data": {"user": "u", "password": "p"}})
    for change in (
        lambda: vault.write("team/mail#password", b"new"),
        lambda: vault.drop("team/mail#password", 1),
    ):
        with pytest.raises(InputError, match="other fields"):
            change()
    found = openbao.call("GET", f"{mount}/data/team/mail")
    assert found["data"]["data"] == {"user": "u", "password": "p"}


@pytest.mark.parametrize("data", [{}, {"value": 7}, {"value": ""}, {"value": {"a": "b"}}])
def test_what_is_no_text_is_no_value(vault, openbao, mount, data):
    openbao.call("POST", f"{mount}/data/odd", {"data": data})
    with pytest.raises(NotFoundError, match="no text"):
        vault.read("odd", NEWEST)


def test_a_version_that_was_deleted_there_is_not_the_newest(vault, openbao, mount):
    vault.write("a", b"1")
    vault.write("a", b"2")
    openbao.call("DELETE", f"{mount}/data/a")
    assert vault.newest("a") == 1
    with pytest.raises(NotFoundError):
        vault.read("a", 2)


def test_a_version_with_an_end_to_come_is_alive(vault, openbao, mount):
    openbao.call("POST", f"{mount}/metadata/a", {"delete_version_after": "1h"})
    assert vault.write("a", b"1") == vault.newest("a") == 1


def test_a_dropped_version_is_destroyed(vault, openbao, mount):
    vault.write("a", b"1")
    vault.write("a", b"2")
    vault.drop("a", 1)
    versions = openbao.call("GET", f"{mount}/metadata/a")["data"]["versions"]
    assert [versions[number]["destroyed"] for number in "12"] == [True, False]


def test_two_at_once_get_two_numbers(vault):
    with ThreadPoolExecutor(3) as threads:
        numbers = list(threads.map(lambda n: (vault.write("a", b"%d" % n), n), range(3)))
    assert sorted(number for number, _ in numbers) == [1, 2, 3]
    assert all(vault.read("a", number) == b"%d" % n for number, n in numbers)


@pytest.mark.parametrize("place", ["", "../sys/seal", "a//b", "a/./b", "a\x00b", "/a", "a/"])
def test_a_place_leads_nowhere_else(vault, place):
    with pytest.raises(InputError, match="no place"):
        vault.read(place, NEWEST)


def test_odd_names_are_names(vault):
    for place in ("a b", "a?version=1", "a%2fb", "ä", "a&b"):
        assert vault.read(place, vault.write(place, place.encode())) == place.encode()


def test_a_sealed_server_says_so_and_answers_again_when_it_is_unsealed(vault, openbao):
    vault.write("a", b"1")
    openbao.seal()
    try:
        for asked in (
            vault.reach,
            lambda: vault.read("a", 1),
            lambda: vault.newest("a"),
            lambda: vault.write("a", b"2"),
            lambda: vault.drop("a", 1),
        ):
            with pytest.raises(UnavailableError, match="sealed"):
                asked()
    finally:
        openbao.unseal()
    assert vault.read("a", NEWEST) == b"1"


def test_a_server_that_is_away_says_so_and_is_asked_again_when_it_is_back(vault, openbao):
    vault.write("a", b"1")
    openbao.stop()
    try:
        with pytest.raises(UnavailableError, match="nobody answers|connection failed"):
            vault.read("a", 1)
    finally:
        openbao.start()
    assert vault.read("a", 1) == b"1"


def test_a_token_for_another_path_is_refused(openbao, mount, tmp_path, opened):
    other = opened(by_token(openbao, tmp_path, f"{mount}/data/other"), mount)
    for asked in (lambda: other.read("a", 1), lambda: other.write("a", b"1")):
        with pytest.raises(AuthenticationError, match="refuses us"):
            asked()


def test_the_token_is_read_anew_each_time(openbao, mount, tmp_path, opened):
    given = by_token(openbao, tmp_path, f"{mount}/*")
    vault = opened(given, mount)
    good = (tmp_path / "token").read_text()
    kept(tmp_path / "token", "s.wrong")
    with pytest.raises(AuthenticationError):
        vault.write("a", b"1")
    kept(tmp_path / "token", good.strip())
    assert vault.write("a", b"1") == 1


def test_a_token_that_others_can_read_is_not_used(openbao, mount, tmp_path, opened):
    vault = opened(by_token(openbao, tmp_path, f"{mount}/*"), mount)
    (tmp_path / "token").chmod(0o644)
    with pytest.raises(UnavailableError, match="open to other users"):
        vault.read("a", 1)


def test_an_app_role_signs_in_again_when_its_token_was_revoked(
    openbao, mount, tmp_path, opened, clock
):
    given = by_role(openbao, tmp_path, f"{mount}/*")
    vault = opened(given, mount, clock)
    vault.write("a", b"1")
    openbao.call("POST", f"sys/leases/revoke-prefix/auth/{given.login}/login")
    with pytest.raises(AuthenticationError):
        vault.read("a", 1)
    clock.now += 5.1
    assert vault.read("a", 1) == b"1"
    vault.reach()


def test_who_is_refused_again_and_again_leaves_no_tokens_behind(
    openbao, mount, tmp_path, opened, clock
):
    given = by_role(openbao, tmp_path, f"{mount}/data/other")
    vault = opened(given, mount, clock)
    for _ in range(5):
        with pytest.raises(AuthenticationError):
            vault.read("a", 1)
    held = openbao.call("LIST", f"sys/leases/lookup/auth/{given.login}/login")["data"]["keys"]
    assert len(held) == 1


def test_an_app_role_with_a_wrong_secret_is_refused(openbao, mount, tmp_path, opened):
    vault = opened(by_role(openbao, tmp_path, f"{mount}/*"), mount)
    kept(tmp_path / "secret-id", "wrong")
    with pytest.raises(AuthenticationError):
        vault.read("a", 1)


def test_a_namespace_is_a_world_of_its_own(openbao, tmp_path, opened):
    openbao.call("POST", "sys/namespaces/team")
    mount = openbao.mount("kv", namespace="team", version="2")
    given = by_token(openbao, tmp_path, f"{mount}/*", namespace="team")
    inside = opened(given, mount)
    assert inside.read("a", inside.write("a", b"1")) == b"1"
    outside = opened(settings(openbao, token_file=given.token_file), mount)
    with pytest.raises(AuthenticationError):
        outside.read("a", 1)


def test_another_authority_is_not_trusted(openbao, mount, tmp_path, opened):
    given = by_token(openbao, tmp_path, f"{mount}/*", authorities=str(Signing(tmp_path).path))
    with pytest.raises(UnavailableError, match="certificate"):
        opened(given, mount).read("a", 1)


def test_a_mount_of_another_kind_is_told(openbao, tmp_path, opened):
    first = openbao.mount("kv", version="1")
    vault = opened(by_token(openbao, tmp_path, f"{first}/*"), first)
    for asked in (vault.reach, lambda: vault.write("a", b"1")):
        with pytest.raises(InputError, match="no KV engine of version 2"):
            asked()
