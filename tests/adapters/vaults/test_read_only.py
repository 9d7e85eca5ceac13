"""Values that others put in the environment or in a folder."""

import os

import pytest

from clawband.adapters.vaults.environment import EnvironmentVault
from clawband.adapters.vaults.files import FilesVault, content
from clawband.model.errors import NotFoundError, UnavailableError
from clawband.ports.vault import NEWEST


def file(path, value, mode=0o600):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(value)
    path.chmod(mode)
    return path


def test_an_empty_and_an_oversized_variable_are_no_values():
    vault = EnvironmentVault({b"APP_A": b"", b"APP_B": b"x" * 65_537, b"APP_C": b"\xff"}, "APP_")
    assert [vault.newest(f"APP_{each}") for each in "ABC"] == [0, 0, 1]
    assert vault.read("APP_C", NEWEST) == b"\xff"


@pytest.mark.parametrize(
    ("written", "value"),
    [(b"v", b"v"), (b"v\n", b"v"), (b"v\r\n", b"v"), (b"v\n\n", b"v\n"), (b"v\r", b"v\r"),
     (b" v ", b" v "), (b"a\x00b", b"a\x00b")],
)  # fmt: skip
def test_one_final_line_break_is_none_of_the_value(tmp_path, written, value):
    file(tmp_path / "a", written)
    assert FilesVault(tmp_path).read("a", NEWEST) == value


@pytest.mark.parametrize("written", [b"", b"\n", b"x" * 65_537])
def test_a_file_without_a_value_is_told(tmp_path, written):
    file(tmp_path / "a", written)
    with pytest.raises(UnavailableError, match="bytes, expected 1 to 65536"):
        FilesVault(tmp_path).read("a", NEWEST)


def test_a_file_is_read_anew_each_time(tmp_path):
    vault = FilesVault(tmp_path)
    file(tmp_path / "a", b"1")
    assert vault.read("a", 1) == b"1"
    file(tmp_path / "a", b"2")
    assert vault.read("a", 1) == b"2"


@pytest.mark.parametrize(
    "place", ["../outside", "/etc/hostname", "link", "sub/../../outside", "", ".", "sub", "a\x00"]
)
def test_no_place_leads_outside_or_to_what_is_no_file(tmp_path, place):
    file(tmp_path / "outside", b"x")
    file(tmp_path / "in" / "sub" / "a", b"x")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "outside")
    vault = FilesVault(tmp_path / "in")
    assert vault.newest(place) == 0
    with pytest.raises(NotFoundError):
        vault.read(place, NEWEST)


def test_a_link_within_the_folder_is_followed(tmp_path):
    """Kubernetes changes all files of a folder at once by changing one link."""
    file(tmp_path / "..2026" / "a", b"x")
    (tmp_path / "..data").symlink_to("..2026")
    (tmp_path / "a").symlink_to("..data/a")
    assert FilesVault(tmp_path).read("a", NEWEST) == b"x"


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o777])
def test_a_file_that_is_open_to_others_is_refused(tmp_path, mode):
    file(tmp_path / "a", b"x", mode)
    with pytest.raises(UnavailableError, match="open to other users"):
        FilesVault(tmp_path).read("a", NEWEST)


@pytest.mark.skipif(os.geteuid() != 0, reason="giving a file away takes root")
def test_a_file_of_somebody_else_is_refused(tmp_path):
    os.chown(file(tmp_path / "a", b"x"), 12_345, 12_345)
    with pytest.raises(UnavailableError, match="open to other users"):
        FilesVault(tmp_path).read("a", NEWEST)


def test_a_pipe_holds_nothing_up(tmp_path):
    os.mkfifo(tmp_path / "a", 0o600)
    with pytest.raises(NotFoundError):
        content(tmp_path / "a")


def test_a_folder_that_is_not_mounted_is_told(tmp_path):
    vault = FilesVault(tmp_path / "nowhere")
    for asked in (vault.reach, lambda: vault.read("a", 1), lambda: vault.newest("a")):
        with pytest.raises(UnavailableError, match="is not there"):
            asked()
