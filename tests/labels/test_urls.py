import pytest

from clawband.labels.urls import covered_by, says_url, url_in


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.x.com/", "x.com"),
        ("HTTP://X.com:80", "x.com"),
        ("https://x.com/%7Ea", "https://x.com/~a"),
        ("x.com.", "x.com"),
        ("localhost:8080", "http://localhost:8080/"),
    ],
)
def test_same_address(one, other):
    assert url_in(one) == url_in(other) is not None


@pytest.mark.parametrize(
    "value",
    [
        "", "a b.com", "https://a@b.com", "https://a\\b.com", "javascript:alert(1)",
        "https://", "https:///b.com", "//", "https://b.com:x", "https://-b.com", "b.c\u200bom",
        "https://b%2ecom", "mailto:a@b.co",
    ],
)  # fmt: skip
def test_no_address(value):
    assert url_in(value) is None


def test_a_host_is_named_by_what_is_on_it():
    host, page = url_in("x.com"), url_in("https://x.com/a?b=c")
    assert covered_by(host, page) and not covered_by(page, host)
    assert covered_by(url_in("https://x.com/a"), page)
    assert not covered_by(url_in("https://x.com/A"), page)
    assert not covered_by(url_in("https://x.com:8443/a"), page)
    assert not covered_by(url_in("ftp://x.com/a"), page)


@pytest.mark.parametrize(
    ("piece", "says"),
    [
        ("url=https://x.com/a", True),
        ("site:x.com/a", True),
        ("(x.com/a)", True),
        ("x.com/a, then", True),
        ("|x.com/a|b|", True),
        ("x.com/a|b", False),
        ("x.com/a,b", False),
        ("x.com/ab", False),
        ("x.com/a/b", False),
        ("evil.org/?u=x.com/a", False),
        ("evil.org#x.com/a", False),
        ("ax.com/a", False),
        ("é.x.com/a", False),
        ("x.com.evil.org/a", False),
        ("x.com:8443/a", False),
        ("x.comm/a", False),
    ],
)
def test_says_url(piece, says):
    assert says_url(url_in("https://x.com/a"), piece) is says
