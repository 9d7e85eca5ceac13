"""What every vault promises, asked of each."""

import os

import pytest

from clawband.adapters.vaults.bao import Bao
from clawband.adapters.vaults.environment import EnvironmentVault
from clawband.adapters.vaults.files import FilesVault
from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.openbao import OpenBaoVault
from clawband.adapters.vaults.own import OwnVault
from clawband.model.errors import InputError, NotFoundError
from clawband.ports.vault import NEWEST
from tests.servers.signing_in import by_token

VALUES = [
    pytest.param(b"x", id="one byte"),
    pytest.param(b"line\nline\r\n", id="newlines"),
    pytest.param(b"a\x00b", id="nul"),
    pytest.param(bytes(range(256)) * 256, id="64 KiB of any bytes"),
    pytest.param("schön".encode(), id="beyond ascii"),
]


@pytest.fixture(params=["own", "openbao"])
def vault(request, tmp_path):
    if request.param == "own":
        made = OwnVault(tmp_path / "vault", LocalMaster(b"m" * 32))
    else:
        server = request.getfixturevalue("openbao")
        mount = server.mount("kv", version="2")
        made = OpenBaoVault(Bao(by_token(server, tmp_path, f"{mount}/*")), mount)
    yield made
    made.close()


@pytest.fixture(params=["environment", "files"])
def read_only(request, tmp_path):
    """Holds `APP_KEY`."""
    if request.param == "environment":
        return EnvironmentVault({b"APP_KEY": b"value", b"PATH": b"/bin"}, "APP_")
    path = tmp_path / "APP_KEY"
    path.touch(0o400)
    os.chmod(path, 0o600)
    path.write_bytes(b"value")
    return FilesVault(tmp_path)


@pytest.mark.parametrize("value", VALUES)
def test_what_was_written_is_read(vault, value):
    number = vault.write("crm/key", value)
    assert vault.read("crm/key", number) == vault.read("crm/key", NEWEST) == value


def test_versions_stand_beside_each_other(vault):
    first, second = vault.write("a", b"1"), vault.write("a", b"2")
    assert second > first == 1
    assert (vault.read("a", first), vault.read("a", second)) == (b"1", b"2")
    assert vault.newest("a") == second
    assert vault.newest("b") == 0


def test_a_dropped_version_is_gone_and_its_number_is_not_given_again(vault):
    vault.write("a", b"1")
    second = vault.write("a", b"2")
    vault.drop("a", 1)
    vault.drop("a", 1)
    vault.drop("never", 1)
    with pytest.raises(NotFoundError):
        vault.read("a", 1)
    assert vault.read("a", second) == b"2"
    vault.drop("a", second)
    assert vault.newest("a") == 0
    assert vault.write("a", b"3") == second + 1


def test_what_was_never_there_is_not_found(vault):
    for number in (NEWEST, 1):
        with pytest.raises(NotFoundError):
            vault.read("nothing", number)


def test_whoever_can_be_asked_says_so(vault, read_only):
    vault.reach()
    read_only.reach()


def test_what_is_only_read_from_has_one_version_and_changes_nothing(read_only):
    assert read_only.read("APP_KEY", NEWEST) == read_only.read("APP_KEY", 1) == b"value"
    assert (read_only.newest("APP_KEY"), read_only.newest("APP_OTHER")) == (1, 0)
    for place, number in (("APP_KEY", 2), ("APP_OTHER", 1), ("PATH", 1), ("", NEWEST)):
        with pytest.raises(NotFoundError):
            read_only.read(place, number)
    with pytest.raises(InputError, match="only read"):
        read_only.write("APP_KEY", b"x")
    with pytest.raises(InputError, match="only read"):
        read_only.drop("APP_KEY", 1)
    assert read_only.read("APP_KEY", 1) == b"value"
