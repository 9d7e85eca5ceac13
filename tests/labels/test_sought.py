from decimal import Decimal

from clawband.labels.sought import sought
from clawband.model.provenance import Meaning


def test_numbers_days_and_times_are_read_as_such():
    assert sought(Meaning.AMOUNT, "10.00").amount == Decimal(10)
    assert sought(Meaning.DATE, "2024-05-19 10:00").day.month == 5
    assert sought(Meaning.DATE, "10:00").minutes == 600
    assert sought(Meaning.DATE, "tomorrow").claim


def test_needles():
    assert sought(Meaning.URL, "https://www.x.example/?q=1").needles[:2] == (
        "xexampleq1",
        "xexample",
    )
    assert sought(Meaning.PATH, "/etc/passwd").needles[:2] == ("etcpasswd", "passwd")
    assert "naaopb" in sought(Meaning.RECIPIENT, "ann@b.co").needles
    assert sought(Meaning.RECIPIENT, "ann@b.co").spoken[0].search("annatbdotco")
    assert sought(Meaning.NAME, "!").needles == ()


def test_short_values_are_made_once():
    assert sought(Meaning.NAME, "City Hub") is sought(Meaning.NAME, "City Hub")
    assert sought(Meaning.NAME, "a" * 300) is not sought(Meaning.NAME, "a" * 300)
