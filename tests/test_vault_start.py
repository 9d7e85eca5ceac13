"""A start with vaults and master keys of every sort: it opens what it sealed, or writes nothing."""

import base64

import pytest

from clawband.bootstrap import vaults
from clawband.model.errors import InvariantError, UnavailableError
from clawband.model.secret import OWN
from clawband.settings import parse
from tests.servers.signing_in import kept

NEW, OLD = bytes(range(32)), b"o" * 32


def settings(folder, text=""):
    chosen = parse(text, folder)
    (chosen.state / "keys").mkdir(mode=0o700, parents=True, exist_ok=True)
    return chosen


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def variable(monkeypatch):
    monkeypatch.setenv("CLAWBAND_TEST_KEY", base64.b64encode(NEW).decode())
    return 'master = "environment:CLAWBAND_TEST_KEY"'


def test_a_first_start_makes_a_key_beside_the_vault_and_says_so(tmp_path):
    opened = vaults.opened(settings(tmp_path))
    opened.own.write("a", b"value")
    assert opened.keeping.beside
    assert vaults.opened(settings(tmp_path)).own.read("a", 1) == b"value"


def test_a_lost_master_key_is_not_made_anew(tmp_path):
    chosen = settings(tmp_path)
    vaults.opened(chosen).own.write("a", b"value")
    path = chosen.state / "keys" / "master.key"
    key = path.read_bytes()
    path.unlink()
    with pytest.raises(UnavailableError, match="is not there"):
        vaults.opened(chosen)
    assert not path.exists()
    path.touch(0o600)
    path.write_bytes(key)
    assert vaults.opened(chosen).own.read("a", 1) == b"value"


def test_another_master_key_is_refused_and_nothing_is_overwritten(tmp_path, variable):
    chosen = settings(tmp_path)
    vaults.opened(chosen).own.write("a", b"value")
    before = contents(tmp_path)
    with pytest.raises(InvariantError, match="sealed with the master key") as caught:
        vaults.opened(settings(tmp_path, f"[secrets]\n{variable}"))
    assert "previous" in caught.value.remedy
    assert contents(tmp_path) == before


def test_a_key_is_followed_by_another_in_two_starts(tmp_path, variable):
    chosen = settings(tmp_path)
    vaults.opened(chosen).own.write("a", b"value")
    both = vaults.opened(settings(tmp_path, f'[secrets]\n{variable}\nprevious = "file"'))
    assert both.own.rewrap().changed == 1
    (chosen.state / "keys" / "master.key").unlink()
    alone = vaults.opened(settings(tmp_path, f"[secrets]\n{variable}"))
    assert alone.own.read("a", 1) == b"value"
    assert not alone.keeping.beside


def test_with_the_master_key_elsewhere_no_key_of_the_contents_is_left_in_the_folder(
    tmp_path, variable
):
    plain = settings(tmp_path)
    key = vaults.kept_key("payload", plain, vaults.opened(plain).own)
    path = plain.state / "keys" / "payload.key"
    assert path.read_bytes() == key
    chosen = settings(tmp_path, f"[secrets]\n{variable}")
    own = vaults.opened(chosen).own
    assert vaults.kept_key("payload", chosen, own) == key
    assert not path.exists()
    assert not [each for each, found in contents(tmp_path).items() if key in found]
    assert vaults.kept_key("payload", chosen, own) == key


def test_a_crash_between_keeping_the_key_and_removing_its_file_is_mended(tmp_path, variable):
    chosen = settings(tmp_path, f"[secrets]\n{variable}")
    own = vaults.opened(chosen).own
    key = vaults.kept_key("payload", chosen, own)
    path = chosen.state / "keys" / "payload.key"
    path.touch(0o600)
    path.write_bytes(key)
    assert vaults.kept_key("payload", chosen, own) == key
    assert not path.exists()


@pytest.fixture
def transit(openbao, tmp_path):
    mount = openbao.mount("transit")
    openbao.call("POST", f"{mount}/keys/clawband")
    token = openbao.token(f"{mount}/encrypt/clawband", f"{mount}/decrypt/clawband")
    kept(tmp_path / "token", token)
    return f"""
[secrets]
master = "transit:kms/{mount}/clawband"
[[vault]]
name = "kms"
kind = "openbao"
environment = "production"
url = "{openbao.url}"
authorities = "{openbao.authority}"
token_file = "token"
"""


def test_a_key_that_never_leaves_openbao(tmp_path, transit, openbao):
    chosen = settings(tmp_path, transit)
    opened = vaults.opened(chosen)
    key = vaults.kept_key("payload", chosen, opened.own)
    opened.vaults[OWN].write("a", b"value")
    assert opened.vaults[OWN].read("a", 1) == b"value"
    openbao.seal()
    try:
        assert opened.vaults[OWN].read("a", 1) == b"value", "remembered for a while"
        after = vaults.opened(chosen)
        with pytest.raises(UnavailableError, match="sealed"):
            vaults.kept_key("payload", chosen, after.own)
    finally:
        openbao.unseal()
    assert vaults.kept_key("payload", chosen, after.own) == key
    for each in (opened, after):
        each.vaults["kms"].close()


def test_each_vault_of_the_settings_is_opened_without_being_asked(tmp_path, monkeypatch):
    monkeypatch.setenv("APP_KEY", "value")
    (tmp_path / "run").mkdir()
    kept(tmp_path / "run" / "crm", "from a file")
    far = 'environment = "production"\nurl = "https://127.0.0.1:1"\ntoken_file = "token"\n'
    text = f"""
[[vault]]
name = "env"
kind = "environment"
environment = "dev"
prefix = "APP_"
[[vault]]
name = "run"
kind = "files"
environment = "dev"
folder = "run"
[[vault]]
name = "bao"
kind = "openbao"
{far}
[[vault]]
name = "accounts"
kind = "openbao-database"
{far}
"""
    found = vaults.opened(settings(tmp_path, text)).vaults
    assert set(found) == {OWN, "env", "run", "bao", "accounts"}
    assert (found["env"].read("APP_KEY", 1), found["run"].read("crm", 1)) == (
        b"value", b"from a file",
    )  # fmt: skip
    kept(tmp_path / "token", "t")
    with pytest.raises(UnavailableError, match="nobody answers"):
        found["bao"].read("crm", 1)
    for each in found.values():
        each.close()
