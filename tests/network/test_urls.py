"""URLs are split in one way or not at all."""

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clawband.network.refusal import Refusal
from clawband.network.urls import (
    LONGEST,
    Url,
    credentials_in,
    origin,
    plain,
    redirected,
    resolve,
    split,
)

AT = split("https://a.example/b/c/d;p?q")
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text("htps:/.?#@%2eaZ[]\\ 0127", max_size=60).map("http://a".__add__),
    st.text("/.?#@%2eaZ;", max_size=40).map("https://a.example/".__add__),
)


@given(TEXTS)
@example("HTTP://A.example:80/%41?x#y")
def test_what_is_split_is_written_and_split_alike(text):
    found = split(text)
    if isinstance(found, Url):
        assert split(str(found)) == found


@given(TEXTS)
def test_python_reads_the_same_host(text):
    found = split(text)
    if isinstance(found, Url):
        other = urlsplit(text)
        assert (other.hostname or "").removesuffix(".") in (found.host.name, str(found.host))
        assert (other.port or found.port) == found.port
        assert other.username is None


# RFC 3986 §5.4, with the answers that go beyond the root.
RESOLVED = {
    "g": "/b/c/g", "./g": "/b/c/g", "g/": "/b/c/g/", "/g": "/g", "?y": "/b/c/d;p?y",
    "g?y": "/b/c/g?y", "#s": "/b/c/d;p?q", "g#s": "/b/c/g", ";x": "/b/c/;x", "g;x": "/b/c/g;x",
    "": "/b/c/d;p?q", ".": "/b/c/", "./": "/b/c/", "..": "/b/", "../": "/b/", "../g": "/b/g",
    "../..": "/", "../../": "/", "../../g": "/g", "../../../g": "/g", "/./g": "/g", "/../g": "/g",
    "g.": "/b/c/g.", ".g": "/b/c/.g", "g..": "/b/c/g..", "..g": "/b/c/..g", "./../g": "/b/g",
    "./g/.": "/b/c/g/", "g/./h": "/b/c/g/h", "g/../h": "/b/c/h", "g;x=1/./y": "/b/c/g;x=1/y",
    "g?y/../x": "/b/c/g?y/../x", "%2e%2E/g": "/b/g",
}  # fmt: skip


@pytest.mark.parametrize("location", RESOLVED)
def test_a_location_is_resolved_by_the_rfc(location):
    found = resolve(AT, location)
    assert isinstance(found, Url)
    assert (found.authority, found.target) == (AT.authority, RESOLVED[location])


@given(st.text(max_size=40) | st.text("/.?#%2eaZ;:@", max_size=40))
def test_what_a_location_leads_to_is_strict_again(location):
    found = resolve(AT, location)
    if isinstance(found, Url):
        assert split(str(found)) == found


def test_the_same_scheme_is_kept_without_one():
    assert str(resolve(AT, "//b.example/x")) == "https://b.example/x"
    assert str(resolve(AT, "//b.example?x")) == "https://b.example/?x"
    assert str(resolve(AT, "http://b.example/../x")) == "http://b.example/x"


def test_nothing_falls_back_to_http():
    assert redirected(AT, "http://a.example/").category == "downgrade"
    assert isinstance(redirected(split("http://a.example/"), "https://a.example/"), Url)


def test_parts():
    url = split("http://a.example:8080/x%41%2f?q=%41#f")
    assert isinstance(url, Url)
    assert (url.port, url.field, url.target) == (8080, "a.example:8080", "/x%41%2f?q=%41")
    assert url.route == "/xA%2F"
    assert split("https://a.example:443/").field == "a.example"


@given(st.text(max_size=20))
def test_a_plain_path_stays_plain(text):
    encoded = "/" + "".join(f"%{byte:02x}" for byte in text.encode())
    assert plain(plain(encoded)) == plain(encoded)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("api_key=1", ("api_key",)),
        ("a=1&X-Amz-Signature=2&X-Amz-Credential=3", ("X-Amz-Signature", "X-Amz-Credential")),
        ("access%5Ftoken=1", ("access_token",)),
        ("user[password]=1", ("user[password]",)),
        ("token=", ()),
        ("q=token&page=2&keyword=x&monkey=1", ()),
        ("refresh-token=1;CLIENT_SECRET=2", ("refresh-token", "CLIENT_SECRET")),
    ],
)
def test_credentials_in_a_query(query, expected):
    assert credentials_in(split(f"https://a.example/?{query}")) == expected


def test_a_target_in_origin_form():
    assert origin("/a?b=..") is None
    assert origin("/a/../b").category == "dot-segments"
    assert origin("a").category == "target"


def test_a_long_url():
    assert isinstance(split("https://a.example/".ljust(LONGEST, "a")), Url)
    assert isinstance(split("https://a.example/".ljust(LONGEST + 1, "a")), Refusal)
