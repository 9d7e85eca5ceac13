"""A flat text reads as clients read it, and every part of it can be found in the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.labels.flat import Flat


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("plain & simple", "plain & simple"),
        ("h\u200bttps://a\u00ad.com", "https://a.com"),
        ("ｈｔｔｐｓ：／／a。com", "https://a.com"),
        ("&#104;ttps&colon;//a&#x2e;com", "https://a.com"),
        ("a&amp;b &lt;p&gt; &quot;", "a&b &lt;p&gt; &quot;"),
        ("&nosuchname; &#0;", "&nosuchname; \ufffd"),
    ],
)
def test_entities_width_and_unseen_characters_are_undone(written, read):
    assert Flat(written).text == read


def test_a_part_is_found_in_the_original():
    flat = Flat("see \u200bh\u200bttps&#58;//a。com\u200b now")
    start = flat.text.index("https")
    left, right = flat.span(start, start + len("https://a.com"))
    assert flat.original[left:right] == "h\u200bttps&#58;//a。com"


PIECES = st.sampled_from(["a", "&#46;", "\u200b", "。", "&amp;", "&", "&acE;", "é", "\ufeff"])


@given(st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join), st.data())
def test_the_parts_of_a_text_are_in_order_and_within(text, data):
    flat = Flat(text)
    if not flat.text:
        return
    start = data.draw(st.integers(0, len(flat.text) - 1))
    end = data.draw(st.integers(start + 1, len(flat.text)))
    left, right = flat.span(start, end)
    assert 0 <= left < right <= len(text)
    assert flat.text[start:end] in Flat(text[left:right]).text
