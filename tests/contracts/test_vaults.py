"""What every vault promises, asked of each."""

import pytest

from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.own import OwnVault
from clawband.model.errors import NotFoundError
from clawband.ports.vault import NEWEST

VALUES = [
    pytest.param(b"x", id="one byte"),
    pytest.param(b"line\nline\r\n", id="newlines"),
    pytest.param(b"a\x00b", id="nul"),
    pytest.param(bytes(range(256)) * 256, id="64 KiB of any bytes"),
    pytest.param("schön".encode(), id="beyond ascii"),
]


@pytest.fixture
def vault(tmp_path):
    return OwnVault(tmp_path / "vault", LocalMaster(b"m" * 32))


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
    with pytest.raises(NotFoundError):
        vault.read("a", 1)
    assert vault.read("a", second) == b"2"
    assert vault.write("a", b"3") == second + 1


def test_what_was_never_there_is_not_found(vault):
    for number in (NEWEST, 1):
        with pytest.raises(NotFoundError):
            vault.read("nothing", number)
