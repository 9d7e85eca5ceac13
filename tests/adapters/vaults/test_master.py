"""Where master keys come from: variables, programs, and a real transit engine."""

import base64
import sys

import pytest

from clawband.adapters.vaults import sources
from clawband.adapters.vaults.bao import Bao
from clawband.adapters.vaults.master import LocalMaster, Succession
from clawband.adapters.vaults.own import OwnVault
from clawband.adapters.vaults.transit import TransitMaster
from clawband.model.errors import (
    AuthenticationError,
    InvariantError,
    UnavailableError,
)
from clawband.ports.vault import Rewrapped
from tests.servers.signing_in import by_token

KEY = bytes(range(32))
TEXT = base64.b64encode(KEY).decode()


def test_a_variable_and_a_program_hand_in_the_key():
    assert sources.variable("K", {"K": f" {TEXT}\n"}) == KEY
    assert sources.command([sys.executable, "-c", f"print({TEXT!r})"]) == KEY


@pytest.mark.parametrize("text", ["", "short", TEXT[:-4], TEXT + TEXT, "not base 64 !"])
def test_what_is_no_key_is_told_without_it(text):
    with pytest.raises(UnavailableError, match="holds no master key") as caught:
        sources.variable("K", {"K": text})
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize("words", [["/nowhere/at-all"], [sys.executable, "-c", "exit(1)"]])
def test_a_program_that_fails_gives_none(words):
    with pytest.raises(UnavailableError, match="gave no master key"):
        sources.command(words)


@pytest.fixture
def engine(openbao):
    """A mount and a key in it."""
    mount = openbao.mount("transit")
    openbao.call("POST", f"{mount}/keys/clawband")
    return mount


@pytest.fixture
def server(openbao, engine, tmp_path):
    use = [f"{engine}/{what}/clawband" for what in ("encrypt", "decrypt")]
    made = Bao(by_token(openbao, tmp_path, *use))
    yield made
    made.close()


@pytest.fixture
def transit(server, engine):
    return TransitMaster(server, "bao", f"{engine}/clawband")


def test_transit_wraps_what_it_unwraps_and_nothing_altered(transit):
    wrapped = transit.wrap(KEY)
    assert KEY not in wrapped
    assert base64.b64encode(KEY) not in wrapped
    assert transit.unwrap(wrapped, transit.id) == KEY
    for wrong in (wrapped[:-4] + b"AAAA", b"vault:v1:", b"\xff", b"vault:v9:AAAA"):
        with pytest.raises(InvariantError, match="altered"):
            transit.unwrap(wrong, transit.id)
    with pytest.raises(InvariantError, match="sealed with the master key"):
        transit.unwrap(wrapped, "transit:other/clawband")


def test_the_own_vault_moves_to_transit_and_back(transit, tmp_path):
    near = LocalMaster(b"m" * 32)
    OwnVault(tmp_path / "vault", near).write("a", b"value")
    there = OwnVault(tmp_path / "vault", Succession(transit, near))
    assert there.rewrap() == Rewrapped(changed=1, damaged=0)
    alone = OwnVault(tmp_path / "vault", transit)
    assert alone.read("a", alone.write("a", b"next")) == b"next"
    assert alone.read("a", 1) == b"value"
    with pytest.raises(InvariantError, match="sealed with the master key"):
        OwnVault(tmp_path / "vault", near).reach()
    back = OwnVault(tmp_path / "vault", Succession(near, transit))
    assert back.rewrap() == Rewrapped(changed=2, damaged=0)
    assert OwnVault(tmp_path / "vault", near).read("a", 1) == b"value"


def test_a_newer_version_of_the_transit_key_wraps_again(transit, openbao, engine, tmp_path):
    vault = OwnVault(tmp_path / "vault", transit)
    vault.write("a", b"value")
    openbao.call("POST", f"{engine}/keys/clawband/rotate")
    assert vault.rewrap() == Rewrapped(changed=0, damaged=0)
    assert vault.rewrap(again=True) == Rewrapped(changed=1, damaged=0)
    openbao.call("POST", f"{engine}/keys/clawband/config", {"min_decryption_version": 2})
    assert vault.read("a", 1) == b"value"


def test_a_sealed_server_leaves_the_vault_as_it_is(transit, openbao, tmp_path):
    near = LocalMaster(b"m" * 32)
    vault = OwnVault(tmp_path / "vault", Succession(transit, near))
    vault.write("a", b"1")
    OwnVault(tmp_path / "vault", near).write("b", b"2")
    openbao.seal()
    try:
        for asked in (
            lambda: vault.read("a", 1), lambda: vault.write("a", b"3"), vault.rewrap,
        ):  # fmt: skip
            with pytest.raises(UnavailableError, match="sealed"):
                asked()
        vault.reach()
        assert vault.read("b", 1) == b"2"
    finally:
        openbao.unseal()
    assert vault.rewrap() == Rewrapped(changed=1, damaged=0)
    assert (vault.read("a", 1), vault.read("b", 1), vault.newest("a")) == (b"1", b"2", 1)


def test_a_key_that_is_not_there_is_not_made(server, openbao, engine, tmp_path):
    """With a policy for `update` alone; one with `create` would make it."""
    with pytest.raises(AuthenticationError):
        TransitMaster(server, "bao", f"{engine}/other").wrap(KEY)
    with pytest.raises(AssertionError, match="404"):
        openbao.call("GET", f"{engine}/keys/other")
