"""Addresses in HTML, well formed or not."""

import pytest

from clawband.labels.elements import embedded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a href=x>", [("link", "x")]),
        ("<IMG SRC='x'>", [("image", "x")]),
        ('{"html": "<img src=\\"x\\" alt=\\"y\\">"}', [("image", "x")]),
        ("<img srcset='a 1x, b 2x,c'>", [("image", "a"), ("image", "1x"), ("image", "b"),
                                         ("image", "2x,c")]),
        ("<meta content='0; URL=x'><meta content='words'>", [("html", "x"), ("html", "words")]),
        ("<p style='a:url(//x.y)'>", [("html", "//x.y")]),
        ("<style>@import 'x.css'</style>", [("html", "x.css")]),
        ("<img title='<b' src=//x>", [("html", "//x")]),
        ("<img src=//x/<b>", [("image", "//x/")]),
        ("<img src=//x", [("image", "//x")]),
        ("a < b; src=x", []),
        ("src=x url(y)", []),
        ("<p>src=x</p>", []),
    ],
)  # fmt: skip
def test_addresses(text, expected):
    found = [(kind, text[slice(*of)]) for kind, _, of in embedded(text)]
    assert found == expected


def test_the_construct_is_the_tag_where_there_is_one():
    text = "x<img alt='' src='y'>z"
    assert [text[slice(*span)] for _, span, _ in embedded(text)] == ["<img alt='' src='y'>"]
