"""What is told in a file that its owner alone can read."""

import pytest

from clawband.adapters import private
from clawband.model.errors import UnavailableError


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "token"
    path.touch(0o600)
    path.write_text(" hunter2 and more\n")
    return path


def test_one_line_without_what_stands_around_it(file):
    assert private.line("token_file", file) == "hunter2 and more"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_can_read_is_not_read(file, mode):
    file.chmod(mode)
    with pytest.raises(UnavailableError, match="`token_file` names.*others can read"):
        private.line("token_file", file)


@pytest.mark.parametrize(
    "data", [b"", b" \n", b"hunter2\nmore", b"hunter2\r\nHost: x", b"a\0b", b"hunter2\xff"]
)
def test_what_is_no_line_is_not_used_and_not_told(file, data):
    file.write_bytes(data)
    with pytest.raises(UnavailableError) as caught:
        private.line("token_file", file)
    assert "hunter2" not in caught.value.message and "`token_file`" in caught.value.remedy


def test_a_file_that_is_not_there_is_said(file):
    with pytest.raises(UnavailableError, match="FileNotFoundError"):
        private.line("token_file", file.with_name("none"))
