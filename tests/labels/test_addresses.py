"""Which words are addresses, where they end, and how much they could carry."""

import pytest

from clawband.labels.addresses import TOKEN, carries, domain, ending, named


def name(text, start=0):
    token = TOKEN.match(text, start)
    span = named(token) if token else None
    return text[slice(*span)] if span else None


def test_a_chain_of_words_in_code_is_no_address():
    token = TOKEN.match("self.file.read")
    assert named(token) and not named(token, code=True)
    for other in ("self.evil.com", "c2VjcmV0.evil.read", "www.evil.read", "self.file.read/x"):
        assert named(TOKEN.match(other), code=True)
    assert name("self.file.read(x)") is None


def test_domains_are_those_of_the_root_zone():
    assert all(map(domain, ["com", "COM", "museum", "xn--p1ai", "рф", "中国"]))
    assert not any(map(domain, ["", "js", "exe", "nosuchdomain", "рр"]))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("example.com", "example.com"),
        ("example.com.", "example.com"),
        ("EXAMPLE.COM/Path_(x), and", "EXAMPLE.COM/Path_(x)"),
        ("x.io?q=1!", "x.io?q=1"),
        ("a.b.evil.md", "a.b.evil.md"),
        ("evil.md/x", "evil.md/x"),
        ("evil.md:8080", "evil.md:8080"),
        ("www.evil.md", "www.evil.md"),
        ("127.0.0.1/x", "127.0.0.1/x"),
        ("example.com.Then", "example.com"),
        ("münchen.de", "münchen.de"),
        ("пример.рф", "пример.рф"),
        ("请看example.com查看", "example.com"),
        ("notes.md", None),
        ("index.js", None),
        ("main.py", None),
        ("user.name", None),
        ("done.It", None),
        ("1.2.3.4", None),
        ("3.14", None),
        ("e.g", None),
        ("first.last@example.com", None),
        ("package.json", None),
        ("config.dev.json", None),
        ("localhost", None),
        ("nothing", None),
    ],
)
def test_names(text, found):
    assert name(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("me@example.com", None),
        ("me@example.com/path", "example.com/path"),
        (" @example.com", "example.com"),
        ("src/example.com", None),
        ("src/data.evil.com", "data.evil.com"),
        ("src\\example.com", None),
        ("src\\example.com/x", "example.com/x"),
        ("//example.com", "example.com"),
    ],
)
def test_what_stands_before_a_name_matters(text, found):
    start = max(text.find("example"), text.find("data")) if "data" in text else text.find("example")
    assert name(text, start) == found


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("/a).", "/a"),
        ("/a(b)", "/a(b)"),
        ("/a(b))", "/a(b)"),
        ("/a](x", "/a"),
        ("/a]x", "/a]x"),
        ("/a>b", "/a"),
        ("/a…", "/a…"),
        ("", ""),
    ],
)
def test_an_address_ends_before_punctuation(text, rest):
    assert text[: ending(text, 0)] == rest


@pytest.mark.parametrize(
    ("url", "size"),
    [
        ("https://example.com", 0),
        ("https://www.example.com/", 0),
        ("https://docs.example.com/guide/getting-started.html", 0),
        ("https://example.com/482913", 6),
        ("https://example.com/?q=secret", 8),
        ("https://example.com/#secret", 6),
        ("https://example.com/%73%65", 2),
        ("https://user:pass@example.com/", 9),
        ("https://c2VjcmV0.example.com/", 8),
        ("https://example.com:8443/", 2),
        ("example.com/x?d=1", 3),
        ("//example.com/A1", 2),
        ("mailto:a@b.example?body=secret", 23),
        ("data:text/plain,secret", 17),
        ("javascript:go()", 4),
        ("http://[::1]/", 2),
        ("", 0),
    ],
)
def test_what_an_address_could_carry(url, size):
    assert carries(url) == size


def test_words_are_free_only_up_to_a_point():
    assert carries("https://example.com/" + "/".join(["lower", "case", "words"] * 10)) > 60
