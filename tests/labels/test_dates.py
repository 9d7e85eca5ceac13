import pytest

from clawband.labels.dates import day_of, days, find_time, moment_of, time_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("May 19th, 2024", {(2024, 5, 19)}),
        ("19 May", {(0, 5, 19)}),
        ("the 14th of November", {(0, 11, 14)}),
        ("**May** 19", {(0, 5, 19)}),
        ("2024 May 19", {(2024, 5, 19)}),
        ("January 11th to January 15th 2025", {(2025, 1, 11), (2025, 1, 15)}),
        ("December 30 to January 2, 2025", {(2024, 12, 30), (2025, 1, 2)}),
        ("the 13th to the 17th of May", {(0, 5, 13), (0, 5, 17)}),
        ("May 1st, May 3rd and May 5th, 2026", {(2026, 5, 1), (2026, 5, 3), (2026, 5, 5)}),
        ("1er janvier 2024", {(2024, 1, 1)}),
        ("3. März", {(0, 3, 3)}),
        ("2 de mayo de 2024", {(2024, 5, 2)}),
        ("2024/5/9", {(2024, 5, 9)}),
        ("9.5.24", {(2024, 5, 9)}),
        ("05/05/2024", {(2024, 5, 5)}),
        ("5 May 12:00", {(0, 5, 5)}),
        ("May 12:00", set()),
        ("May 2024", set()),
        ("May 32", set()),
        ("mayor 5", set()),
        ("you may 5", set()),
        ("5/6", set()),
        ("1.2.3.2024", set()),
        ("version 2024.05.19.1", set()),
        ("4.5 May", set()),
    ],
)
def test_certain_days(text, found):
    assert {(d.year, d.month, d.day) for d in days(text) if d.certain} == found


def test_uncertain_days():
    assert {(d.month, d.day) for d in days("05/06/2024")} == {(5, 6), (6, 5)}


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2024-05-19", (2024, 5, 19, None, "")),
        ("2024-05-19 10:30", (2024, 5, 19, 630, "")),
        ("2024-05-19T10:30:00Z", (2024, 5, 19, 630, "Z")),
        ("May 19th", (0, 5, 19, None, "")),
        ("6 pm", (0, 0, 0, 1080, "")),
        ("12 am", (0, 0, 0, 0, "")),
        ("tomorrow", None),
        ("meet on 2024-05-19", None),
        ("2024-05-19 and a long story", None),
        ("", None),
    ],
)
def test_moment_of(value, moment):
    assert moment_of(value) == moment


def test_times():
    assert time_of("10:00") == 600 and time_of("at 10:00") is None
    assert find_time("from 9 to 6 p.m.", 1080, loose=False)
    assert find_time("at 6:00", 1080, loose=False) is None
    assert find_time("at 6:00", 1080, loose=True)
    assert find_time("ratio 1:10:00:00", 600, loose=False) is None
    assert day_of("10:00") is None
