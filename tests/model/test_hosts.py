"""A host is read only where every program reads the same."""

import pytest

from clawband.model.hosts import UNREADABLE, host


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://docs.example.com/a?b#c", "docs.example.com"),
        ("HTTPS://Docs.Example.COM.:443/", "docs.example.com"),
        ("wss://a.example?x", "a.example"),
        ("a.example", "a.example"),
        ("a.example/x?y", "a.example"),
        ("a/b", UNREADABLE),
        ("a.example:80/x", UNREADABLE),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("http://127.0.0.1:8080/", "127.0.0.1"),
        ("http://[::1]:80/x", "::1"),
        ("http://[0:0:0:0:0:0:0:1]/", "::1"),
        ("https://bücher.example/", UNREADABLE),
        ("https://a.example@b.example/", UNREADABLE),
        ("https://a.example\\@b.example/", UNREADABLE),
        ("https://a.example%2eb.example/", UNREADABLE),
        ("https://a.exa mple/", UNREADABLE),
        ("https://a.example\n/", UNREADABLE),
        ("\thttps://a.example/", UNREADABLE),
        ("https:/a.example/", UNREADABLE),
        ("https:a.example", UNREADABLE),
        ("//a.example/x", UNREADABLE),
        ("file:///etc/passwd", UNREADABLE),
        ("javascript://a.example/%0aalert(1)", UNREADABLE),
        ("http://2130706433/", UNREADABLE),
        ("http://0x7f.0.0.1/", UNREADABLE),
        ("http://127.1/", UNREADABLE),
        ("http://0x7f000001", UNREADABLE),
        ("http://[::1", UNREADABLE),
        ("http://[::1]x/", UNREADABLE),
        ("http://a.example:x/", UNREADABLE),
        ("https:///a.example", UNREADABLE),
        ("https://a..example", UNREADABLE),
        ("", UNREADABLE),
        ("https://", UNREADABLE),
    ],
)
def test_host(url, expected):
    assert host(url) == expected
