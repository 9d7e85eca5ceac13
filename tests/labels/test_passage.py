"""What a text says, and what it only seems to say."""

import pytest

from clawband.labels.passage import Passage, same, significant
from tests.labels.sayings import LOOSELY, SAID, A, C, D, I, M, N, P, R, U
from tests.labels.silences import UNSAID


@pytest.mark.parametrize(("meaning", "value", "text"), SAID)
def test_said(meaning, value, text):
    passage = Passage(text)
    start, end = passage.find(meaning, value)
    assert 0 <= start < end <= len(text)
    assert passage.find_loose(meaning, value)


@pytest.mark.parametrize(("meaning", "value", "text"), UNSAID)
def test_unsaid(meaning, value, text):
    assert Passage(text).find(meaning, value) is None


@pytest.mark.parametrize(("meaning", "value", "text"), LOOSELY)
def test_disguised(meaning, value, text):
    assert Passage(text).find_loose(meaning, value)


def test_significant():
    assert significant("Re: Summary of the Client's meeting_2024") == (
        "summary", "client", "meeting", "2024",
    )  # fmt: skip


def test_covers():
    passage = Passage("Dinner at the *New* Israeli place; malice")
    assert passage.covers("New Israeli Restaurant, Alice") == {"new", "israeli"}


@pytest.mark.parametrize(
    ("meaning", "one", "other", "equal"),
    [
        (R, "Ann <ann@b.co>", "ANN@b.co", True),
        (R, "+49 170 1234567", "+491701234567", True),
        (R, "Alice", "alice", True),
        (R, "Alice", "Alicе", False),
        (U, "https://www.x.com/a/", "x.com/a", True),
        (U, "https://x.com/a", "x.com", False),
        (A, "GB29 NWBK", "gb29nwbk", True),
        (M, "10.0", "£10", True),
        (M, "1,050", "1050.00", True),
        (M, "x", "y", False),
        (D, "2024-05-19", "May 19th, 2024", True),
        (D, "2024-05-19 10:00", "2024-05-19T10:00", True),
        (D, "2024-05-19 10:00", "2024-05-19T11:00", False),
        (P, "./a.txt", "a.txt", True),
        (I, "13", " 13", True),
        (I, "a", "A", False),
        (C, "ls  -l", "ls -l", True),
        (N, "“City  Hub”", "city hub", True),
    ],
)
def test_same(meaning, one, other, equal):
    assert same(meaning, one, other) is equal
