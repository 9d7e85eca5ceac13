"""The own vault against who can write in its folder, and against itself."""

import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from clawband.adapters.vaults.master import LocalMaster, Succession
from clawband.adapters.vaults.own import OwnVault
from clawband.model.errors import InvariantError, NotFoundError
from clawband.ports.vault import NEWEST, Rewrapped

MASTER, OTHER = LocalMaster(b"m" * 32), LocalMaster(b"n" * 32)


@pytest.fixture
def vault(tmp_path):
    return OwnVault(tmp_path / "vault", MASTER)


def test_no_file_holds_the_value_or_the_name(vault, tmp_path):
    vault.write("crm/api-key", b"hunter2-hunter2")
    (path,) = (tmp_path / "vault").glob("*/*")
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"hunter2" not in path.read_bytes()
    assert "crm" not in str(path.relative_to(tmp_path))


def test_another_master_key_opens_nothing_and_overwrites_nothing(vault, tmp_path):
    vault.write("a", b"value")
    other = OwnVault(tmp_path / "vault", OTHER)
    for wrong in (other.reach, lambda: other.read("a", 1)):
        with pytest.raises(InvariantError, match="sealed with the master key"):
            wrong()
    assert vault.read("a", 1) == b"value"


def test_one_damaged_file_stops_nothing_else(vault, tmp_path):
    vault.write("a", b"value")
    vault.write("b", b"value")
    _file(tmp_path, "a", 1).write_bytes(b"\x94")
    vault.reach()
    assert vault.read("b", 1) == b"value"


def test_the_newest_number_is_not_given_again_when_its_value_is_destroyed(vault, tmp_path):
    vault.write("a", b"1")
    vault.write("a", b"2")
    vault.drop("a", 2)
    with pytest.raises(NotFoundError):
        vault.read("a", 2)
    assert _file(tmp_path, "a", 2).read_bytes() == b""
    assert vault.read("a", NEWEST) == b"1"
    assert vault.write("a", b"3") == 3


def test_another_master_key_takes_over_while_both_are_known(vault, tmp_path):
    vault.write("a", b"1")
    vault.write("a", b"2")
    vault.drop("a", 1)
    both = OwnVault(tmp_path / "vault", Succession(OTHER, MASTER))
    both.write("b", b"3")
    assert both.wrapped() == {MASTER.id: 1, OTHER.id: 1}
    assert (both.read("a", 2), both.read("b", 1)) == (b"2", b"3")
    assert both.rewrap() == Rewrapped(changed=1, damaged=0)
    assert both.wrapped() == {OTHER.id: 2}
    alone = OwnVault(tmp_path / "vault", OTHER)
    assert (alone.read("a", 2), alone.read("b", 1)) == (b"2", b"3")
    assert alone.rewrap() == Rewrapped(changed=0, damaged=0)
    assert alone.rewrap(again=True) == Rewrapped(changed=2, damaged=0)


def test_a_rewrap_leaves_what_is_damaged_as_it_is(vault, tmp_path):
    for place in "abc":
        vault.write(place, b"value")
    cut, foreign = _file(tmp_path, "a", 1), _file(tmp_path, "b", 1)
    cut.write_bytes(cut.read_bytes()[:-40])
    foreign.write_bytes(foreign.read_bytes().replace(MASTER.id.encode(), b"0" * 16))
    both = OwnVault(tmp_path / "vault", Succession(OTHER, MASTER))
    before = cut.read_bytes(), foreign.read_bytes()
    assert both.rewrap() == Rewrapped(changed=1, damaged=2)
    assert (cut.read_bytes(), foreign.read_bytes()) == before
    assert both.read("c", 1) == b"value"


CRASH = """
import os, sys
from pathlib import Path
from clawband.adapters.vaults.master import LocalMaster, Succession
from clawband.adapters.vaults.own import OwnVault

class Dies(LocalMaster):
    left = int(sys.argv[2])
    def wrap(self, key):
        if not self.left:
            os.kill(os.getpid(), 9)
        self.left -= 1
        return super().wrap(key)

OwnVault(Path(sys.argv[1]), Succession(Dies(b"n" * 32), LocalMaster(b"m" * 32))).rewrap()
"""


def test_a_rewrap_that_was_killed_goes_on(vault, tmp_path):
    for number in range(6):
        vault.write(f"place {number}", b"%d" % number)
    for done in (2, 3):
        killed = subprocess.run([sys.executable, "-c", CRASH, tmp_path / "vault", str(done)])
        assert killed.returncode == -signal.SIGKILL
        both = OwnVault(tmp_path / "vault", Succession(OTHER, MASTER))
        assert [both.read(f"place {n}", 1) for n in range(6)] == [b"%d" % n for n in range(6)]
    assert both.wrapped() == {OTHER.id: 5, MASTER.id: 1}
    assert both.rewrap() == Rewrapped(changed=1, damaged=0)


def test_what_a_crash_left_half_written_is_no_version_and_is_removed(vault, tmp_path):
    vault.write("a", b"value")
    half = _file(tmp_path, "a", 1).with_name(".2.123456")
    half.write_bytes(b"half")
    assert vault.newest("a") == 1
    vault.tidy()
    assert not half.exists()
    assert vault.read("a", NEWEST) == b"value"


FULL = """
import resource, sys
from pathlib import Path
from clawband.adapters.vaults.master import LocalMaster, Succession
from clawband.adapters.vaults.own import OwnVault
from clawband.model.errors import UnavailableError

resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
vault = OwnVault(Path(sys.argv[1]), Succession(LocalMaster(b"n" * 32), LocalMaster(b"m" * 32)))
for full in (lambda: vault.write("a", b"2"), vault.rewrap):
    try:
        full()
    except UnavailableError as error:
        print(error.remedy)
"""


def test_a_full_disk_loses_nothing(vault, tmp_path):
    vault.write("a", b"value")
    told = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path / "vault"], capture_output=True, text=True, check=True
    )
    assert told.stdout.count("make room on its disk") == 2
    assert vault.read("a", NEWEST) == b"value"
    assert len(list((tmp_path / "vault").glob("*/*"))) == 1, "nothing half written is left"


def test_a_damaged_file_is_as_good_as_its_copy(vault, tmp_path):
    """A backup is a copy of the folder, made at any time."""
    vault.write("a", b"value")
    shutil.copytree(tmp_path / "vault", tmp_path / "backup")
    vault.write("a", b"later")
    path = _file(tmp_path, "a", 1)
    path.write_bytes(b"")
    with pytest.raises(NotFoundError):
        vault.read("a", 1)
    shutil.copytree(tmp_path / "backup", tmp_path / "vault", dirs_exist_ok=True)
    assert (vault.read("a", 1), vault.read("a", 2)) == (b"value", b"later")


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
