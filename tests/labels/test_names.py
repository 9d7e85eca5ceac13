import pytest

from clawband.labels.names import holds_word, named, says_name, says_word, significant


@pytest.mark.parametrize(
    ("value", "piece", "says"),
    [
        ("City Hub", "the CITY *Hub*, please", True),
        ("City Hub", "City, Hub", False),
        ("City Hub", "City. Hub", False),
        ("City Hub", "CityHub", False),
        ("check-up", "a check up", True),
        ("C++", "in C++ only", True),
        ("C++", "in C only", False),
        ("St. John", "St. John", True),
        ("A: B", "A: B", True),
        ("A: B", "A B", False),
        ("🎉", "a 🎉 party", True),
        ("", "anything", False),
        ("Ann", "ann@b.co", False),
        ("Ann", "https://b.co/x Ann", True),
        ("Ann", "b.co/ann", False),
        ("Ann", "Ann/Bob", False),
    ],
)
def test_says_name(value, piece, says):
    assert says_name(value, piece) is says


@pytest.mark.parametrize(
    ("value", "piece", "says"),
    [
        ("random", "the random channel", True),
        ("random", "a random channel", False),
        ("random", "random words", False),
        ("random", "channels general and random", True),
        ("random", "to general or random", False),
        ("zoe", "ask bob, tom and zoe", True),
        ("zoe", "zoe's inbox", True),
        ("zoe", "zoe", True),
        ("zoe", "bring zoe", False),
        ("Zoe", "bring zoe", False),
        ("Zoe", "bring Zoe", True),
        ("Zoe", "Zoe brings it", False),
        ("Zoe", "Zoe, bring it", True),
        ("Zoe", "Zoe's list", True),
        ("Grant", "grant access", False),
        ("Grant", "Grant access", False),
        ("Grant", "with Grant", True),
        ("Grant", "we met Grant there", True),
        ("user42", "user42", True),
    ],
)
def test_says_word(value, piece, says):
    assert says_word(value, piece) is says


def test_significant_and_named():
    assert significant("The plan of Ann's 2nd week") == ("plan", "ann", "2nd", "week")
    assert significant("to the") == ()
    assert named("“City‑Hub”") == named("city-hub") != named("cityhub")


def test_holds_word():
    assert holds_word("york", "New-York")
    assert not holds_word("york", "Yorkshire")
