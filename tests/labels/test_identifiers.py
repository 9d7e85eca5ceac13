import pytest

from clawband.labels.identifiers import (
    clean,
    digits_of_phone,
    mail_in,
    says_account,
    says_command,
    says_id,
    says_mail,
    says_path,
    squeezed,
)


def test_clean_refuses_what_does_not_show():
    assert clean(" a ") == "a"
    assert clean("ａ") == "a"
    assert clean("a\u200b") == clean("a b") == clean("a\0") == ""


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("Ann <Ann@B.co>", "ann@b.co"),
        ("mailto:ann@b.co", "ann@b.co"),
        ("ann@b.co@c.co", ""),
        ("ann@b.co, eve@c.co", ""),
        ("ann@b.co <eve@c.co>", ""),
        ("eve@c.co, Ann <ann@b.co>", ""),
        ("Eve; Ann <ann@b.co>", ""),
        ("eve@c.co><ann@b.co>", ""),
        ('"Poe, Ann" <ann@b.co>', "ann@b.co"),
        ('"eve@c.co" <ann@b.co>', ""),
        ('"Eve" eve, "Ann" <ann@b.co>', ""),
        ("ann", ""),
        ("@b.co", ""),
    ],
)
def test_mail_in(value, address):
    assert mail_in(value) == address


def test_mail_edges():
    assert says_mail("a@b.co", "to:a@b.co; c@d.co")
    for piece in (
        "x.a@b.co",
        "x-a@b.co",
        "a@b.co-x",
        "a@b.co/x",
        "//a@b.co",
        "a@b.co%2e",
        "o'a@b.co",
    ):
        assert not says_mail("a@b.co", piece), piece


def test_a_day_is_no_id():
    assert not says_id("2026-05-06", "Move it to 2026-05-06, please")
    assert says_id("2026-05-06", "open note 2026-05-06")
    assert says_id("2026-05-06", 'delete "2026-05-06"')


def test_phones():
    assert digits_of_phone("+49 (170) 123-4567") == "+491701234567"
    assert digits_of_phone("491701234567@s.whatsapp.net") == "491701234567"
    assert digits_of_phone("-1001234567890") == "-1001234567890"
    assert digits_of_phone("12a") == digits_of_phone("Ann") == ""


def test_accounts():
    assert squeezed("GB29 NWBK-6016") == "gb29nwbk6016"
    assert says_account("gb29nwbk6016", "(GB29 NWBK 6016).")
    assert says_account("12345678", "pay 50 12345678 now")
    for piece in ("GB29 NWBK 6016 1", "xGB29NWBK6016", "GB29NWBK6016x", "GB29   NWBK    6016"):
        assert not says_account("gb29nwbk6016", piece), piece
    for piece in ("$12345678", "-12345678", "0-12345678", "12.34.5678", "9 1234 5678"):
        assert not says_account("12345678", piece), piece


@pytest.mark.parametrize(
    ("value", "piece", "says"),
    [
        ("7", "ID: 7", True),
        ("7", "the id is 7", True),
        ("7", "No. 7", True),
        ("7", "ids 1, 2 and 7", True),
        ("7", "tickets 1 or 7 please", True),
        ("7", "no 7", False),
        ("7", "message 7 people", False),
        ("7", "ids 1-7", False),
        ("7", "7", False),
        ("7", "`7`", True),
        ("007", "id 7", False),
        ("task", "the task", False),
        ("aB3", "ab3", False),
        ("ab3", "AB3", True),
        ("ab3", "x/ab3/y", True),
        ("ab3", "ab3.x", False),
        ("12345", "12345%", False),
        ("12345", "12:12345", False),
    ],
)
def test_says_id(value, piece, says):
    assert says_id(value, piece) is says


def test_paths():
    assert says_path("a\\b.txt", "open a/b.txt")
    assert says_path("a/b.txt", "open ./a/b.txt")
    assert not says_path("a/b.txt", "open ../a/b.txt")
    assert not says_path("b.txt", "open a_b.txt")
    assert not says_path("src", "src/main.py")
    assert not says_path("/b.txt", "a/b.txt")


def test_commands():
    assert says_command("ls -l", "`ls -l`")
    assert says_command("ls", "run ls")
    assert not says_command("ls", "the ls thing")
    assert not says_command("ls -l", "ls -la")
    assert not says_command("ls -l", "als -l")
