"""The laws of saying: strict is within loose, form does not matter, identity does.

Nothing raises, and nothing takes long.
"""

import string

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clawband.labels.passage import Passage, same, significant
from clawband.model.provenance import Meaning

MEANINGS = st.sampled_from(list(Meaning))
ODD = st.sampled_from(
    "\0\u200b\u202e\ud800\udfff%&\\<>[](){}*_`'\"@#.:/?=+-,; \n\t€½é\u0301аⅫ９\U000e0041"
)
_PIECES = """
Ann ann@b.co https://b.co/a?q=1 b.co/x notes.txt GB29NWBK60161331926819 13 2024-05-19 19 May 10:00
1,050.00 $5 &#64; &amp;amp; %2540 \\u0040 aGVsbG8gd29ybGQgYWdhaW4= 68656c6c6f20776f726c64 **b**
<b>x</b> [a](b) 1e999999 99999999999999999999999999999999999999999999 dot at -5 +49
"""
PIECES = st.sampled_from(_PIECES.split())
TEXTS = st.lists(st.one_of(PIECES, ODD, st.text(max_size=6)), max_size=14).map("".join)
SPACED = st.lists(st.one_of(PIECES, ODD), max_size=10).map(" ".join)
ANY = st.one_of(TEXTS, SPACED)

WORD = st.text(string.ascii_lowercase, min_size=3, max_size=8).filter(
    lambda word: word not in {"dot", "at", "the"}
)
MAILS = st.builds("{}.{}@{}.example".format, WORD, WORD, WORD)
HOSTS = st.builds("{}.example".format, WORD)
LINKS = st.builds("https://{}/{}?k={}".format, HOSTS, WORD, WORD)
FILES = st.builds("{}-{}.txt".format, WORD, WORD)
IDS = st.builds("{}{:06d}".format, WORD, st.integers(0, 999999))
IBANS = st.builds("GB29NWBK{:014d}".format, st.integers(0, 10**14 - 1))
TITLES = st.builds("{} {} {}".format, WORD, WORD, WORD).map(str.title)
COMMANDS = st.builds("{} --{} /{}".format, WORD, WORD, WORD)
NUMBERS = st.integers(100, 9_999_999).map(lambda cents: f"{cents / 100:.2f}")
DATES = st.dates().filter(lambda day: day.year > 1000).map(str)
IDENTIFIERS = st.one_of(
    st.tuples(st.just(Meaning.RECIPIENT), MAILS),
    st.tuples(st.just(Meaning.URL), LINKS),
    st.tuples(st.just(Meaning.LINK), HOSTS),
    st.tuples(st.just(Meaning.PATH), FILES),
    st.tuples(st.just(Meaning.ID), IDS),
    st.tuples(st.just(Meaning.ACCOUNT), IBANS),
)
VALUES = st.one_of(
    IDENTIFIERS,
    st.tuples(st.just(Meaning.NAME), TITLES),
    st.tuples(st.just(Meaning.RECIPIENT), TITLES),
    st.tuples(st.just(Meaning.COMMAND), COMMANDS),
    st.tuples(st.just(Meaning.AMOUNT), NUMBERS),
    st.tuples(st.just(Meaning.DATE), DATES),
)
BEFORE = st.sampled_from(["", "Please use ", "to: ", "(", "1. Take\n", "Grüße — ", "für 谢谢 "])
AFTER = st.sampled_from(["", ".", " now", ", please", ")", "!\n\nThanks", " 谢谢"])
WRAPS = st.sampled_from(
    ["{}", "'{}'", '"{}"', "`{}`", "**{}**", "_{}_", "“{}”", "<b>{}</b>", "[{}]"]
)


def wide(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@settings(max_examples=300)
@given(MEANINGS, ANY, ANY)
def test_nothing_raises_and_strict_is_within_loose(meaning, text, value):
    passage = Passage(text)
    span, loosely = passage.find(meaning, value), passage.find_loose(meaning, value)
    assert span is None or loosely is not None
    for found in (span, loosely):
        if found is not None:
            assert 0 <= found[0] < found[1] <= len(text)
            for limit in (240, 60, 3):
                quote = passage.quote(found, limit)
                assert len(quote) <= limit and quote.isprintable()
    assert passage.covers(value) <= set(significant(value))
    assert same(meaning, value, value)


@settings(max_examples=300)
@given(VALUES, BEFORE, AFTER, WRAPS)
def test_wrapped_and_surrounded_it_is_still_said(pair, before, after, wrap):
    meaning, value = pair
    assume(meaning is not Meaning.COMMAND or wrap[0] in "{'\"`“")
    text = before + wrap.format(value) + after
    span = Passage(text).find(meaning, value)
    assert span is not None
    start = text.index(value)
    assert start <= span[0] < span[1] <= start + len(value)


@settings(max_examples=200)
@given(VALUES, BEFORE, AFTER)
def test_width_and_case_and_spaces_do_not_matter(pair, before, after):
    meaning, value = pair
    said = [wide(value)] if meaning is not Meaning.COMMAND else [value.replace(" ", "  \n")]
    if meaning in {Meaning.NAME, Meaning.ACCOUNT}:
        said += [value.upper(), value.lower()]
    if "@" in value:
        said.append(value.upper())
    if " " in value and meaning is not Meaning.COMMAND:
        said.append(value.replace(" ", "\u00a0\n "))
    for form in said:
        assert Passage(before + form + after).find(meaning, value) is not None, form


@settings(max_examples=300)
@given(IDENTIFIERS, st.sampled_from(["x", "7", "é", "x.", "x-", "x_"]), BEFORE, AFTER)
def test_a_longer_identifier_is_another(pair, more, before, after):
    meaning, value = pair
    if not (meaning is Meaning.URL and more[0].isalnum() is False):
        assert Passage(before + more + value + after).find(meaning, value) is None
    tail = more[::-1] if len(more) > 1 else more
    assert Passage(before + value + tail + after).find(meaning, value) is None


@settings(max_examples=200)
@given(IDENTIFIERS, st.integers(0, 40))
def test_a_look_alike_is_said_only_loosely(pair, place):
    meaning, value = pair
    alike = str.maketrans("aeopcxyiTBKH", "аеорсхуіТВКН")
    place %= len(value)
    forged = value[:place] + value[place:].translate(alike)
    assume(forged != value)
    assert Passage(f"use {forged} now").find(meaning, value) is None
    assert Passage(f"use {value} now").find(meaning, forged) is None
    assert Passage(f"use {forged} now").find_loose(meaning, value) is not None


@settings(max_examples=200)
@given(
    st.one_of(MAILS, IBANS),
    st.sampled_from(["base64", "hex", "rot13", "percent", "spaced", "broken", "spelled", "tags"]),
    BEFORE,
)
def test_a_disguise_is_seen_through(value, disguise, before):
    import base64
    import codecs
    from urllib.parse import quote_plus

    forms = {
        "base64": base64.b64encode(f"send to {value}".encode()).decode(),
        "hex": value.encode().hex(),
        "rot13": codecs.encode(value, "rot13"),
        "percent": "".join(f"%{ord(c):02x}" for c in value) + quote_plus(" "),
        "spaced": " ".join(value),
        "broken": value[:5] + "\n  " + value[5:],
        "spelled": value.replace("@", " at ").replace(".", " dot "),
        "tags": "".join(chr(0xE0000 + ord(c)) for c in value),
    }
    passage = Passage(before + forms[disguise] + " end")
    assert passage.find_loose(Meaning.RECIPIENT, value) is not None


@settings(max_examples=200)
@given(DATES, DATES)
def test_only_the_same_day_is_said(one, other):
    assert (Passage(f"on {one}.").find(Meaning.DATE, other) is not None) == (one == other)


@settings(max_examples=200)
@given(NUMBERS, NUMBERS)
def test_only_the_same_amount_is_said(one, other):
    assert (Passage(f"pay {one} now").find(Meaning.AMOUNT, other) is not None) == (one == other)


@pytest.mark.parametrize(
    "unit", ["1 ", "a", "%2", "&#", "[(", "A1" * 20 + "\n", "May 1 ", "a@b.", "1.", "é̀", "{["]
)
def test_hostile_texts_take_no_longer(unit):
    passage = Passage(unit * (65_536 // len(unit)))
    for meaning in Meaning:
        for value in ("a@b.co", "11111111119", "https://a.b/c", "13", "aaaaaaaaab", "2024-05-02"):
            passage.find_loose(meaning, value)
