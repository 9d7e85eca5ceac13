"""A host is read only where every program reads the same."""

import pytest

from clawband.model.hosts import UNREADABLE, host


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://docs.example.com/a?b#c", "docs.example.com"),
        ("HTTPS://Docs.Example.COM.:443/", "docs.example.com"),
        ("a.example", "a.example"),
        ("a.example/b", "a.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("http://127.0.0.1:8080/", "127.0.0.1"),
        ("http://[0:0:0:0:0:0:0:1]/", "::1"),
        ("a/b.example", UNREADABLE),
        ("https://bücher.example/", UNREADABLE),
        ("https://a.example@b.example/", UNREADABLE),
        ("https://a.example\\@b.example/", UNREADABLE),
        ("https://a.example%2eb.example/", UNREADABLE),
        ("https:/a.example/", UNREADABLE),
        ("//a.example/x", UNREADABLE),
        ("file:///etc/passwd", UNREADABLE),
        ("http://2130706433/", UNREADABLE),
        ("http://0x7f.0.0.1/", UNREADABLE),
        ("http://[::1", UNREADABLE),
        ("https://a..example", UNREADABLE),
        ("", UNREADABLE),
    ],
)
def test_host(url, expected):
    assert host(url) == expected
