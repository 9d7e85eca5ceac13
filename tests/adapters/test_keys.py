"""Key files: made once, for this user only, and refused when others may have read them."""

import os

import pytest

from clawband.adapters.keys import FileSigner, secret_file
from clawband.model.errors import UnavailableError


def test_a_key_is_made_once_and_only_for_its_owner(tmp_path):
    path = tmp_path / "log.key"
    key = secret_file(path)
    assert len(key) == 32 and secret_file(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["log.key"], "nothing of its making is left"


def test_a_crash_while_it_was_made_is_overcome(tmp_path):
    path = tmp_path / "log.key"
    (tmp_path / f".log.key.{os.getpid()}").write_bytes(b"half")
    assert len(secret_file(path)) == 32


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_others_may_read_is_refused_not_repaired(tmp_path, mode):
    path = tmp_path / "log.key"
    secret_file(path)
    path.chmod(mode)
    with pytest.raises(UnavailableError, match="other users"):
        secret_file(path)
    assert path.stat().st_mode & 0o777 == mode


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_of_another_length_is_refused(tmp_path, size):
    path = tmp_path / "log.key"
    path.write_bytes(b"k" * size)
    path.chmod(0o600)
    with pytest.raises(UnavailableError, match=f"{size} bytes, expected 32"):
        secret_file(path)


def test_a_key_that_cannot_be_reached_says_so(tmp_path):
    with pytest.raises(UnavailableError, match="cannot be used"):
        secret_file(tmp_path / "nowhere" / "log.key")


def test_a_signer_keeps_its_key_over_a_restart(tmp_path):
    one = FileSigner("clawband/local", tmp_path / "log.key")
    two = FileSigner("clawband/local", tmp_path / "log.key")
    assert one.public_key == two.public_key
