import pytest

from clawband.labels.folding import Letters, decoded, folded, letters, plain, unseen, unwrapped


@pytest.mark.parametrize(
    ("atom", "text"),
    [
        ("%40", "@"),
        ("%2540", "@"),
        ("%c3%a9", "é"),
        ("%ff", "ÿ"),
        ("&#64;", "@"),
        ("&amp;#x40;", "@"),
        ("&amp;", "&"),
        ("&nothing;", "&nothing;"),
        ("\\u0040", "@"),
        ("\\x40", "@"),
    ],
)
def test_decoded(atom, text):
    assert decoded(atom) == text


def test_plain_drops_what_does_not_show():
    assert plain("a\u200bb \n\t c\u202e\ufe0f “d” ｅ！") == 'ab c "d" e!'
    assert plain("e\u0301") == "é"
    assert plain("раура") == "раура"
    assert plain("a\0b") == "a b"


def test_unseen():
    assert all(map(unseen, "\u200b\u2066\u00ad\ufeff\u3164\ufe0f\U000e0041"))
    assert not any(map(unseen, "a é\u0301 田🙂"))


@pytest.mark.parametrize(
    ("marked", "bare"),
    [
        ("**a** _b_ `c` ~~d~~", "a b c d"),
        ("a_b 2*3", "a_b 2*3"),
        ("x<b>y</b><br/>z", "xy z"),
        ("<a href='u'>t</a>", "t"),
        ("<a@b.co>", "<a@b.co>"),
        ("a\\_b\\.", "a_b."),
        ("a&#64;b%2Eco", "a@b.co"),
    ],
)
def test_unwrapped(marked, bare):
    assert unwrapped(marked) == bare


def test_folded_keeps_length_and_script():
    text = "ABC ÀÉ ВЕС İ ẞ ﬁ \u212a"
    assert len(folded(text)) == len(text)
    assert folded("ABC ÀÉ") == "abc àé"
    assert folded("\u212a") != "k"


def test_letters():
    assert letters("Ann%40b&#46;co — раура!") == "annbcopaypa"


@pytest.mark.parametrize(
    "text",
    [
        "plain words, and more of them. " * 40,
        "é\u0301x %41%42 &amp;#64;y \\u0041 " * 40,
        "а" * 700 + "%C3%A9" * 90 + "\u0301" * 40,
        "",
    ],
)
def test_every_letter_leads_back(text):
    drawn = Letters(text)
    assert drawn.text == letters(text)
    for index in range(len(drawn.text)):
        start, end = drawn.origin(index)
        assert drawn.text[index] in letters(text[start:end])
        assert drawn.index(start) <= index
