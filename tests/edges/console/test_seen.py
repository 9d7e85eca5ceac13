"""Text of others cannot pretend: it is escaped, and what is hidden is spelled out."""

import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.edges.console import seen
from clawband.model.digest import canonical


class Text(HTMLParser):
    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.shown, self.tags = "", []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.shown += data


@pytest.mark.parametrize(
    "character",
    ["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00ad", "\u2028", "\x00", "\x1b",
     "\u3164", "\u2800", "\u00a0", "\ufe0f", "\U000e0041", "\U000e0100", "\u034f"],
)  # fmt: skip
def test_hidden_characters_are_spelled_out(character):
    html = str(seen.seen(f"a{character}b"))
    assert character not in html
    assert f"U+{ord(character):04X}" in html


def test_ordinary_text_of_any_script_stays_as_it_is():
    for words in ("Zoë paid 3 €", "שלום", "مرحبا", "日本語", "Straße", "a_b-c.d/e@f"):
        assert str(seen.seen(words)) == words


def test_markup_is_text():
    assert str(seen.seen("<b a='\"'>&")) == "&lt;b a=&#39;&#34;&#39;&gt;&amp;"


def test_blank_is_said():
    assert "3 × blank" in seen.seen("   ")
    assert str(seen.seen("")) == ""


def test_lines_are_kept_only_where_they_belong():
    assert "\n" in seen.seen("a\nb", lines=True)
    assert "U+000A" in seen.seen("a\nb")


def test_a_long_text_is_cut_and_says_so():
    html = seen.seen("x" * 50_000)
    assert len(html) < 21_000
    assert "and 30000 more characters" in html


@given(st.text(max_size=60), st.booleans())
def test_whatever_it_is_it_makes_only_marks_and_shows_no_hidden_character(words, lines):
    parsed = Text(str(seen.seen(words, lines=lines)))
    assert set(parsed.tags) <= {"span"}
    allowed = " \n\t" if lines else " "
    kinds = {unicodedata.category(each) for each in parsed.shown if each not in allowed}
    assert not kinds & {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}


@given(st.text(max_size=60))
def test_sentences_quote_names(words):
    assert set(Text(str(seen.quoted(words))).tags) <= {"bdi", "span"}


def test_a_sentence_begins_with_a_capital_but_a_name_is_kept():
    assert str(seen.sentence("nothing permits it")) == "Nothing permits it"
    assert ">refund<" in str(seen.sentence("`refund` needs an approval"))


def test_arguments_say_their_kind_and_their_exact_value():
    given_ = {"text": "5", "n": 5, "on": True, "no": None, "list": [1], "x": {"a": 1}}
    shown = seen.arguments(canonical({"nonce": "00", "arguments": given_}))
    assert {each.name: (each.kind, each.value) for each in shown} == {
        "text": ("text", "5"), "n": ("number", "5"), "on": ("yes or no", "true"),
        "no": ("nothing", "null"), "list": ("list", "[\n  1\n]"),
        "x": ("record", '{\n  "a": 1\n}'),
    }  # fmt: skip
    assert seen.arguments(None) == ()
    assert "nonce" not in seen.exact(canonical({"nonce": "00", "arguments": given_}))


def test_ids_are_short_and_differ_from_their_neighbours():
    assert seen.short("dec_01M80CPPZ95Q3VJV0HFF33S4W5") == "dec_…33S4W5"
    assert seen.short("sha256:" + "ab" * 32) == "abababababab"
    assert seen.short("plain") == "plain"


def test_a_title_spells_hidden_characters_too():
    assert seen.plain("a\u202eb\nc") == "aU+202EbU+000Ac"
