"""`clawband classify`: files, folders, standard input, JSON lines; without a server."""

import json
import socket
from pathlib import Path

import pytest

from clawband.edges.cli import texts
from tests.edges.cli.terminal import Terminal

IBAN = "DE89 3704 0044 0532 0130 00"
KEY = "xoxb" + "-2847193056-2847193056178-Zk4vQ8sXw2Rt7bNc9Ld3PmHy"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "bills.txt").write_text(f"one\npay {IBAN}, ada@b.example\nSLACK={KEY}\n")
    (tmp_path / "a" / "clean.txt").write_text("nothing here\n")
    (tmp_path / "a" / "image.png").write_bytes(b"\x89PNG\0\0" + KEY.encode())
    (tmp_path / "a" / "wide.txt").write_bytes(f"pay {IBAN}".encode("utf-16"))
    return tmp_path / "a"


def test_a_folder(alone: Terminal, folder: Path) -> None:
    done = alone("classify", str(folder))
    assert done.code == 0
    rows = [line.split() for line in done.out.splitlines()[2:]]
    assert [row[:4] for row in rows] == [
        [f"{folder}/bills.txt:2", "iban", "personal", "0.90"],
        [f"{folder}/bills.txt:3", "slack-token", "secret", "0.95"],
        [f"{folder}/wide.txt:1", "iban", "personal", "0.90"],
    ]
    assert IBAN not in done.out
    assert KEY not in done.out
    assert "image.png` is not text" in done.err
    assert "1 less sure than 0.5" in done.err


def test_json_and_a_lower_bar(alone: Terminal, folder: Path) -> None:
    found = alone("classify", "--json", "--at-least", "0", str(folder / "bills.txt")).json
    assert [(each["line"], each["kind"], each["excerpt"]) for each in found] == [
        (2, "iban", "pay [iban]"),
        (2, "email", ", [email]"),
        (3, "slack-token", "SLACK=[slack-token]"),
    ]


@pytest.mark.parametrize(("tag", "code"), [("secret", 1), ("personal", 1), ("business", 0)])
def test_fail_on(alone: Terminal, folder: Path, tag: str, code: int) -> None:
    assert alone("classify", "--fail-on", tag, str(folder)).code == code


def test_an_unread_file_fails_closed(alone: Terminal, folder: Path) -> None:
    (folder / "lines.jsonl").write_text("{no json\n")
    done = alone("classify", "--jsonl", "--fail-on", "secret", str(folder / "lines.jsonl"))
    assert done.code == 1
    assert json.loads(done.out) == {"line": 1, "error": "not JSON"}
    assert "line 1 is not JSON" in done.err


def test_standard_input_and_nothing(alone: Terminal) -> None:
    assert alone("classify", "-", given="hello").out == "nothing found\n"
    assert "slack-token" in alone("classify", "-", given=f"key {KEY}").out


def test_a_file_that_is_not_there(alone: Terminal) -> None:
    assert alone("classify", "nowhere.txt").code == 2


def test_json_lines(alone: Terminal) -> None:
    given = [
        {"password": "Tulpe-47-Regen", "n": 1},
        {"mail": {"body": [f"pay {IBAN}"], "card": 4111111111111111}},
        {"text": "hello"},
    ]
    lines = "".join(json.dumps(each) + "\n" for each in given)
    out = list(map(json.loads, alone("classify", "--jsonl", "-", given=lines).out.splitlines()))
    assert [(each["line"], each["tags"], each["level"]) for each in out] == [
        (1, ["secret"], "restricted"),
        (2, ["personal"], "confidential"),
        (3, [], "public"),
    ]
    places = [(each["field"], each["kind"], each["start"]) for each in out[1]["found"]]
    assert places == [("mail.body[0]", "iban", 4), ("mail.card", "payment-card", 0)]
    one = alone("classify", "--jsonl", "--field", "mail.body", "-", given=lines)
    assert [json.loads(line)["tags"] for line in one.out.splitlines()] == [[], ["personal"], []]
    assert "no `mail.body` in 2 lines" in one.err


def test_field_needs_json_lines(alone: Terminal) -> None:
    assert alone("classify", "--field", "a", "-").code == 2


def test_deep(alone: Terminal) -> None:
    hidden = f"pay {IBAN}".encode().hex()
    assert alone("classify", "-", given=hidden).out == "nothing found\n"
    assert "iban" in alone("classify", "--deep", "-", given=hidden).out


@pytest.mark.parametrize(
    "before", [0, texts.PIECE - 10, texts.PIECE, 2 * texts.PIECE + texts.AHEAD]
)
def test_big_files_are_read_in_pieces(alone: Terminal, tmp_path: Path, before: int) -> None:
    """Where one piece ends and the next begins, nothing is cut, missed or told twice."""
    file = tmp_path / "big.txt"
    file.write_text("ab\n" * (before // 3) + f"pay {IBAN}\n" + "cd\n" * texts.PIECE)
    (found,) = alone("classify", "--json", str(file)).json
    assert (found["line"], found["kind"]) == (before // 3 + 1, "iban")


def test_what_may_not_be_read_is_said(alone: Terminal, tmp_path: Path) -> None:
    """A socket is a file that nobody can open, whoever asks."""
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(str(tmp_path / "end"))
        done = alone("classify", "--fail-on", "secret", str(tmp_path / "end"))
    assert done.code == 1
    assert "end` cannot be read" in done.err


def test_a_folder_that_goes_away_is_said(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    told: list[OSError] = []
    walk = texts.files([str(tmp_path / "a"), "-"], told.append)
    assert (walk, told) == (["-"], [])
    gone = list(texts._below(str(tmp_path / "gone"), told.append))
    assert gone == []
    assert told[0].filename == str(tmp_path / "gone")
