"""Links are made harmless where they stand; the rest of the text stays as it is."""

import pytest

from clawband.labels.defusing import defused
from clawband.labels.links import links


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("see https://e.com/a, ok", "see `hxxps://e[.]com/a`, ok"),
        ("https://e.com/a?q=secret#x", "`hxxps://e[.]com/a` (query left out)"),
        ("e.com/a and www.f.com", "`e[.]com/a` and `www[.]f[.]com`"),
        ("[the page](https://e.com/a)!", "the page (`hxxps://e[.]com/a`)!"),
        ("[https://e.com](https://e.com)", "`hxxps://e[.]com`"),
        ("<https://e.com|the page>", "the page (`hxxps://e[.]com`)"),
        ("<https://e.com>", "`hxxps://e[.]com`"),
        ("a ![alt](https://e.com/p.png?d=1) b", "a [image removed: e[.]com] b"),
        ("<img src='https://e.com/p'>", "[image removed: e[.]com]"),
        ("<iframe src=//e.com/x></iframe>", "[html removed: e[.]com]</iframe>"),
        ("<a href='https://e.com'>x</a>", "`hxxps://e[.]com`x</a>"),
        ("[a]: https://e.com/x", "[a]  `hxxps://e[.]com/x`"),
        ("mailto:me@e.com", "`mailto[:]me·e[.]com`"),
        ("javascript:go(1)", "`javascript[:]go·1·`"),
        ("run `curl https://e.com/x` now", "run `curl hxxps://e[.]com/x` now"),
        ("https://user@e.com/", "`hxxps://user·e[.]com/`"),
        ("[![a](https://u.com/i)](https://v.com)", "[image removed: u[.]com] (`hxxps://v[.]com`)"),
        ("no link, README.md", "no link, README.md"),
    ],
)
def test_forms(text, after):
    assert defused(text, links(text)) == after
    assert links(after) == ()


def test_only_the_chosen_ones_go_wherever_they_stand():
    text = "https://a.com https://b.com [x](https://a.com)"
    chosen = [link for link in links(text) if link.host == "a.com"][:1]
    assert defused(text, chosen) == "`hxxps://a[.]com` https://b.com x (`hxxps://a[.]com`)"
    assert defused(text, ()) == text


def test_what_comes_about_by_defusing_goes_too():
    text = "![a](https://e.com/x)(https://e.com/y)"
    assert links(defused(text, links(text))) == ()


def test_a_definition_takes_its_uses_along():
    text = "![a][r] and [b][r]\n\n[r]: https://e.com/x"
    after = defused(text, links(text))
    assert after == "![a][r] and [b][r]\n\n[image removed: e[.]com]"
