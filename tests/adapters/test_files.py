"""Files of the state folder: whole or not there, and torn ends are overcome."""

import pytest

from clawband.adapters.files import SEPARATOR, TAIL_BYTES, FileShelf, FileWitness, write_durably
from clawband.model.errors import InvariantError, UnavailableError

DIGEST = "sha256:" + "a" * 64


def test_a_note_that_was_cut_is_forgotten_and_does_not_spoil_the_next(tmp_path):
    witness = FileWitness(tmp_path / "witness")
    witness.keep("one\n")
    with (tmp_path / "witness").open("a") as file:
        file.write("tw")
    assert witness.last() == "one\n"
    witness.keep("three\n")
    assert witness.notes() == ["one\n", "three\n"]


def test_a_first_note_that_was_cut_is_forgotten(tmp_path):
    (tmp_path / "witness").write_text("on")
    witness = FileWitness(tmp_path / "witness")
    assert witness.last() is None
    witness.keep("two\n")
    assert witness.notes() == ["two\n"]


def test_the_last_of_many_notes_is_found_without_reading_them_all(tmp_path):
    note = "origin\n1\n" + "r" * 200 + "\n"
    text = (note + SEPARATOR) * (3 * TAIL_BYTES // len(note))
    (tmp_path / "witness").write_text(text)
    witness = FileWitness(tmp_path / "witness")
    assert witness.last() == note
    witness.keep("newest\n")
    assert witness.last() == "newest\n"
    assert (tmp_path / "witness").read_text().startswith(text)


def test_a_witness_somebody_else_wrote_to_is_not_cut(tmp_path):
    foreign = "one\n" + SEPARATOR + "x" * (2 * TAIL_BYTES)
    (tmp_path / "witness").write_text(foreign)
    with pytest.raises(UnavailableError, match="does not end with a checkpoint"):
        FileWitness(tmp_path / "witness").keep("two\n")
    assert (tmp_path / "witness").read_text() == foreign


def test_a_witness_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "witness").mkdir()
    with pytest.raises(UnavailableError):
        FileWitness(tmp_path / "witness").keep("one\n")


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe", b'"text"'])
def test_a_damaged_set_is_refused_and_publishing_again_repairs_it(tmp_path, damage):
    shelf = FileShelf(tmp_path)
    shelf.keep(DIGEST, {"a.toml": "x"})
    (path,) = tmp_path.glob("*.json")
    path.write_bytes(damage)
    with pytest.raises(InvariantError):
        shelf.files(DIGEST)
    shelf.keep(DIGEST, {"a.toml": "x"})
    assert shelf.files(DIGEST) == {"a.toml": "x"}


def test_a_shelf_without_room_says_so(tmp_path):
    shelf = FileShelf(tmp_path / "policies")
    (tmp_path / "policies").rmdir()
    with pytest.raises(UnavailableError, match="cannot be kept"):
        shelf.keep(DIGEST, {"a.toml": "x"})


def test_a_file_is_replaced_as_a_whole_and_stays_private(tmp_path):
    path = tmp_path / "a"
    for text in (b"one", b"two"):
        write_durably(path, text)
        assert path.read_bytes() == text
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
    assert path.stat().st_mode & 0o777 == 0o600
