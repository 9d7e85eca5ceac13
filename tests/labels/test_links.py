"""Whatever a client or a preview robot would fetch is found; file names and prose are not."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from clawband.labels.links import links
from tests.properties.test_cleaning_laws import MESSAGES


def found(text):
    return [(link.kind, link.url) for link in links(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](https://e.com/x_(y) \"t\")", [("link", "https://e.com/x_(y)")]),
        ("[a](<https://e.com/a b>)", [("link", "https://e.com/a b")]),
        ("[a](\n https://e.com)", [("link", "https://e.com")]),
        ("[a](e.com/x)", [("link", "e.com/x")]),
        ("[a](//e.com)", [("link", "//e.com")]),
        ("[a](https:\\\\e.com)", [("link", "https:\\\\e.com")]),
        ("[a](https:/e.com)", [("link", "https:/e.com")]),
        ("[a](javascript:go)", [("link", "javascript:go")]),
        ("![a](https://e.com/p.png)", [("image", "https://e.com/p.png")]),
        ("![](//e.com/p.png)", [("image", "//e.com/p.png")]),
        ("[a]: https://e.com 't'", [("reference", "https://e.com")]),
        ("> [a]:\n  <https://e.com>", [("reference", "https://e.com")]),
        ("![x][A  b]\n\n[a B]: https://e.com", [("image", "https://e.com")]),
        ("![a]\n\n[a]: https://e.com", [("image", "https://e.com")]),
        ("<https://e.com/x>", [("autolink", "https://e.com/x")]),
        ("<https://e.com/x|click here>", [("autolink", "https://e.com/x")]),
        ("<mailto:a@e.com|mail>", [("autolink", "mailto:a@e.com")]),
        ("see https://e.com/a?b=1).", [("bare", "https://e.com/a?b=1")]),
        ("HTTPS://E.COM", [("bare", "HTTPS://E.COM")]),
        ("ftp://e.com tg://x slack://y", [("bare", "ftp://e.com"), ("bare", "tg://x"),
                                         ("bare", "slack://y")]),
        ("tel:+4912 data:text/html,x", [("bare", "tel:+4912"), ("bare", "data:text/html,x")]),
        ("www.e.com and e.com/path", [("bare", "www.e.com"), ("bare", "e.com/path")]),
        ("http://1.2.3.4/x http://[::1]:80/", [("bare", "http://1.2.3.4/x"),
                                              ("bare", "http://[::1]:80/")]),
        ("http://0x7f.1 http://2130706433/", [("bare", "http://0x7f.1"),
                                             ("bare", "http://2130706433/")]),
        ("`curl https://e.com`", [("bare", "https://e.com")]),
        ("https://e.com/a[b]c", [("bare", "https://e.com/a[b]c")]),
        ("h\u200bttps://e.com", [("bare", "https://e.com")]),
        ("https&#58;//e.com", [("bare", "https://e.com")]),
        ("e。com/x ｅ.com/y", [("bare", "e.com/x"), ("bare", "e.com/y")]),
        ("<a href='https://e.com'>x</a>", [("link", "https://e.com")]),
        ("<a href=\"java\nscript:go()\">x", [("link", "javascript:go()")]),
        ("<img src=https://e.com/p>", [("image", "https://e.com/p")]),
        ("<img srcset='https://e.com/1 1x, //f.com/2 2x'>", [("image", "https://e.com/1"),
                                                            ("image", "//f.com/2")]),
        ("<video poster='//e.com/p'>", [("html", "//e.com/p")]),
        ("<iframe src='//e.com'></iframe>", [("html", "//e.com")]),
        ("<link rel=stylesheet href=//e.com/x.css>", [("html", "//e.com/x.css")]),
        ("<meta http-equiv=refresh content='0; URL=https://e.com/'>", [("html", "https://e.com/")]),
        ("<p style='background:url(//e.com/x)'>", [("html", "//e.com/x")]),
        ("<style>@import 'https://e.com/c';</style>", [("html", "https://e.com/c")]),
        ("<svg><image xlink:href='https://e.com/i'/></svg>", [("image", "https://e.com/i")]),
        ("<img alt='a &lt;img src=' src='https://e.com/p'>", [("image", "https://e.com/p")]),
    ],
)  # fmt: skip
def test_forms(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "see README.md, index.js, main.py and lib.rs; 3.5 of 4.0; v1.2.3; 10.0.0.1",
        "`self.user.data` = os.path.join(a.b, c.d)\n```\nself.file.read\nself.host\n```\n",
        "done.It works. e.g. this, i.e. that. Node.js and ASP",
        "write to me@example.com or @me",
        "[notes](./notes.md) [top](#top) [x](docs/a/b.txt) ![i](image.png) [ ](x)",
        "[1]: a footnote. [ok]: done",
        "hxxps://evil[.]example/x and evil[.]example",
        "time: 10:30, ratio 1:2, C:\\dir, a::b, key:value, about: this, data: that",
        "<p class='x' title='a.b'>a<br/>b</p> <T> a<b",
        "",
    ],
)
def test_ordinary_text_has_none(text):
    assert links(text) == ()


@pytest.mark.parametrize(
    ("text", "host", "loads"),
    [
        ("https://Docs.Example.com/x", "docs.example.com", True),
        ("![a](//example.com/x)", "example.com", True),
        ("www.example.com", "www.example.com", True),
        ("https://a@example.com/", "?", True),
        ("https://example.com\\@evil.com", "?", True),
        ("https://münchen.de", "?", True),
        ("https://xn--mnchen-3ya.de", "xn--mnchen-3ya.de", True),
        ("https://ｅxample.com", "?", True),
        ("https://example&#46;com", "?", True),
        ("<a href='https://example.com/?a=1&amp;b=2'>", "example.com", True),
        ("http://2130706433/", "?", True),
        ("http://[::1]/", "::1", True),
        ("mailto:a@example.com", "?", False),
        ("tg://resolve?domain=x", "?", False),
        ("javascript:go()", "?", False),
    ],
)
def test_hosts_and_loading(text, host, loads):
    (link,) = links(text)
    assert (link.host, link.loads) == (host, loads)


def test_places_are_those_of_the_original():
    text = "\u200bé [a\u200b](h\u200bttps://e.com) ![b](https://f.com) <c href='g.com/x'>"
    spans = [text[link.start : link.end] for link in links(text)]
    assert spans == [
        "[a\u200b](h\u200bttps://e.com)",
        "![b](https://f.com)",
        "<c href='g.com/x'>",
    ]


def test_links_within_links_are_both_found():
    text = "[![a](https://u.com/i)](https://v.com) [https://w.com](https://x.com)"
    assert [link.url for link in links(text)] == [
        "https://v.com",
        "https://u.com/i",
        "https://x.com",
        "https://w.com",
    ]


class Fetched(HTMLParser):
    def __init__(self):
        super().__init__()
        self.urls = set()

    def handle_starttag(self, tag, attrs):
        self.urls |= {value.strip() for name, value in attrs if name in {"href", "src"} and value}


@settings(max_examples=300)
@given(MESSAGES)
def test_whatever_markdown_makes_a_link_is_found(text):
    rendered = Fetched()
    rendered.feed(MarkdownIt("commonmark", {"html": False}).render(text))
    ours = " ".join(link.url for link in links(text))
    for url in rendered.urls:
        if url.lower().startswith(("http://", "https://", "//")):
            host = url.split("//", 1)[1].split("/")[0].split("?")[0].split("#")[0]
            assert host.isascii() is False or "%" in host or host.lower() in ours.lower(), url
