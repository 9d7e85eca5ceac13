import pytest

from clawband.labels.meanings import claim
from clawband.model.provenance import Meaning


@pytest.mark.parametrize(
    ("meaning", "value", "needle"),
    [
        (Meaning.RECIPIENT, "Ann <a@b.co>", "abco"),
        (Meaning.RECIPIENT, "#general", "general"),
        (Meaning.RECIPIENT, "+49 170 1234567", "491701234567"),
        (Meaning.RECIPIENT, "https://x.com/hook", "xcom"),
        (Meaning.URL, "https://www.x.com/a", "xcom"),
        (Meaning.LINK, "mailto:a@b.co", "abco"),
        (Meaning.ACCOUNT, "GB29 NWBK 6016", "gb29nwbk6016"),
        (Meaning.NAME, "City Hub!", "cityhub"),
    ],
)
def test_claim(meaning, value, needle):
    assert claim(meaning, value).needle == needle


@pytest.mark.parametrize(
    ("meaning", "value"),
    [
        (Meaning.URL, "javascript:x"),
        (Meaning.LINK, "mailto:a@b.co?body=secret"),
        (Meaning.RECIPIENT, "a@b.co,c@d.co"),
        (Meaning.PATH, "a\u200b.txt"),
        (Meaning.ID, "a\u202eb"),
        (Meaning.NAME, ""),
        (Meaning.COMMAND, " "),
    ],
)
def test_nothing_could_say_it(meaning, value):
    assert claim(meaning, value) is None


def test_every_meaning_can_be_claimed():
    for meaning in Meaning:
        assert claim(meaning, "b12345.example") is not None
