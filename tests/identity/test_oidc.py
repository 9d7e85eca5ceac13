"""Between the two halves of a sign-in: nothing can be changed, swapped or kept for later."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.identity import oidc
from clawband.identity.oidc import Answer, Leaving
from clawband.model.errors import AuthenticationError
from clawband.model.openid import OpenId
from clawband.model.person import Role

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
KEY, ISSUER = b"k" * 32, "https://login.example"
LEAVING = Leaving(secret="ab" * 32, started=int(NOW.timestamp()), wanted="/policy")
DERIVED = oidc.derive(KEY, LEAVING)
ANSWER = Answer(state=DERIVED.state, code="c", issuer=ISSUER)


def returned(answer=ANSWER, cookie=None, *, key=KEY, now=NOW, says_issuer=True):
    text = oidc.cookie(LEAVING) if cookie is None else cookie
    return oidc.returned(key, text, answer, issuer=ISSUER, says_issuer=says_issuer, now=now)


def test_what_left_comes_back():
    assert returned() == (LEAVING, DERIVED)


def test_the_provider_is_asked_with_everything_that_binds_the_answer():
    openid = OpenId(issuer=ISSUER, client="clawband", roles={"a": frozenset({Role.VIEWER})})
    url = oidc.authorization(f"{ISSUER}/auth?tenant=1", openid, "http://localhost/back", DERIVED)
    asked = parse_qs(urlsplit(url).query)
    assert asked["tenant"] == ["1"] and asked["redirect_uri"] == ["http://localhost/back"]
    assert asked["code_challenge_method"] == ["S256"] and asked["state"] == [DERIVED.state]
    assert DERIVED.verifier not in url and LEAVING.secret not in url
    assert len(DERIVED.verifier) == 43, "RFC 7636 wants 43 characters or more"
    assert len({DERIVED.state, DERIVED.nonce, DERIVED.verifier, DERIVED.challenge}) == 4


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (replace(ANSWER, state=""), "another sign-in"),
        (replace(ANSWER, state=DERIVED.nonce), "another sign-in"),
        (replace(ANSWER, issuer="https://evil.example"), "another provider"),
        (replace(ANSWER, issuer=""), "another provider"),
        (replace(ANSWER, error="access_denied"), "access_denied"),
        (replace(ANSWER, code=""), "no code"),
    ],
)
def test_an_answer_that_does_not_belong_here(answer, why):
    with pytest.raises(AuthenticationError, match=why):
        returned(answer)


def test_a_provider_that_never_names_itself_may_be_silent_but_not_another():
    assert returned(replace(ANSWER, issuer=""), says_issuer=False)
    with pytest.raises(AuthenticationError, match="another provider"):
        returned(replace(ANSWER, issuer="https://evil.example"), says_issuer=False)


def test_a_sign_in_takes_ten_minutes_at_most():
    assert returned(now=NOW + oidc.LIFE)
    for now in (NOW + oidc.LIFE + timedelta(seconds=1), NOW - timedelta(seconds=1)):
        with pytest.raises(AuthenticationError, match="too long"):
            returned(now=now)


@pytest.mark.parametrize(
    "changed",
    [
        {"wanted": "/controls"},
        {"link": "x"},
        {"started": LEAVING.started + 1},
        {"secret": "cd" * 32},
    ],
)
def test_a_changed_cookie_has_another_state(changed):
    with pytest.raises(AuthenticationError, match="another sign-in"):
        returned(cookie=oidc.cookie(replace(LEAVING, **changed)))


def test_another_key_has_another_state():
    with pytest.raises(AuthenticationError):
        returned(key=b"x" * 32)


@given(st.text(max_size=60))
def test_what_is_no_cookie_began_no_sign_in(text):
    with pytest.raises(AuthenticationError, match="began no sign-in|another sign-in"):
        returned(cookie=text)


def test_what_a_browser_brings_is_cut():
    answer = oidc.answer_of({"state": "s" * 9_999, "code": "c" * 9_999, "iss": "i" * 9_999})
    assert len(answer.state) == 200 and len(answer.code) == 2_000 and len(answer.issuer) == 500
