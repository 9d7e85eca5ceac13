"""The own vault against who can write in its folder, and against itself."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.own import OwnVault
from clawband.model.errors import InvariantError

MASTER = LocalMaster(b"m" * 32)


@pytest.fixture
def vault(tmp_path):
    return OwnVault(tmp_path / "vault", MASTER)


def test_no_file_holds_the_value_or_the_name(vault, tmp_path):
    vault.write("crm/api-key", b"hunter2-hunter2")
    for path in (tmp_path / "vault").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"hunter2" not in path.read_bytes()
        assert "crm" not in path.name


def test_another_master_key_opens_nothing_and_overwrites_nothing(vault, tmp_path):
    vault.write("a", b"value")
    with pytest.raises(InvariantError, match="sealed with the master key"):
        OwnVault(tmp_path / "vault", LocalMaster(b"n" * 32)).read("a", 1)
    assert vault.read("a", 1) == b"value"


def test_a_file_in_the_place_of_another_is_refused(vault, tmp_path):
    """Neither an older version for a newer one, nor one secret for another."""
    vault.write("a", b"old")
    vault.write("a", b"new")
    vault.write("b", b"other")
    mine, older, other = (_file(tmp_path, *each) for each in (("a", 2), ("a", 1), ("b", 1)))
    for source in (older, other):
        shutil.copy(source, mine)
        with pytest.raises(InvariantError, match="altered"):
            vault.read("a", 2)


def test_each_altered_byte_is_noticed(vault, tmp_path):
    vault.write("a", b"value")
    path = _file(tmp_path, "a", 1)
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(InvariantError):
            vault.read("a", 1)


def test_two_at_once_get_two_numbers(vault):
    with ThreadPoolExecutor(8) as threads:
        numbers = list(threads.map(lambda n: (vault.write("a", b"%d" % n), n), range(32)))
    assert sorted(number for number, _ in numbers) == list(range(1, 33))
    assert all(vault.read("a", number) == b"%d" % n for number, n in numbers)


def _file(folder, place, number):
    found = OwnVault(folder / "vault", MASTER)._file(place, number)
    assert found.exists()
    return found
