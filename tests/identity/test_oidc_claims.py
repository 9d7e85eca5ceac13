"""What a signed token must say, claim by claim."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.identity.oidc_claims import LOGOUT_EVENT, id_token, logout_token
from clawband.model.errors import AuthenticationError
from clawband.model.openid import OpenId
from clawband.model.person import Role

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
AT = int(NOW.timestamp())
OPENID = OpenId(
    issuer="https://login.example", client="clawband", roles={"a": frozenset({Role.VIEWER})}
)
ID = {
    "iss": OPENID.issuer, "sub": "u-1", "aud": "clawband", "iat": AT, "exp": AT + 300,
    "nonce": "n", "groups": ["a", "b"], "preferred_username": "ana",
}  # fmt: skip
OVER = {
    "iss": OPENID.issuer, "sub": "u-1", "aud": ["clawband"], "iat": AT, "exp": AT + 120,
    "jti": "j", "sid": "s", "events": {LOGOUT_EVENT: {}},
}  # fmt: skip
TIMES = [
    {"exp": AT - 61}, {"exp": None}, {"exp": "soon"}, {"exp": True}, {"exp": float("nan")},
    {"exp": float("inf")}, {"exp": 10**400}, {"exp": -1}, {"iat": None}, {"iat": AT + 61},
    {"nbf": AT + 61}, {"nbf": "now"}, {"exp": AT + 90_000}, {"iat": []},
]  # fmt: skip
ISSUED = [
    {"iss": "https://evil.example"}, {"iss": None}, {"iss": OPENID.issuer + "/"},
    {"iss": [OPENID.issuer]}, {"aud": "other"}, {"aud": None}, {"aud": []}, {"aud": 1},
    {"aud": ["clawband", "other"]}, {"aud": ["clawband", 1]}, {"aud": {"clawband": 1}},
]  # fmt: skip


def changed(claims, changes):
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def known(openid=OPENID, **changes):
    return id_token(changed(ID, changes), openid, "n", now=NOW)


def test_a_person_as_the_provider_knows_them():
    found = known()
    assert (found.subject, found.groups, found.name) == ("u-1", {"a", "b"}, "ana")
    assert (found.mail, found.two_factors, found.session) == ("", False, "")
    assert known(aud=["clawband"], azp="clawband", sid="s").session == "s"


@pytest.mark.parametrize(
    "wrong",
    [*TIMES, *ISSUED, {"nonce": "m"}, {"nonce": None}, {"nonce": ""}, {"azp": "other"},
     {"azp": None, "aud": "x"}, {"sub": ""}, {"sub": None}, {"sub": 1}, {"sub": "x" * 256},
     {"sub": "a\u200bb"}, {"preferred_username": ["ana"]}, {"acr": 2}],
)  # fmt: skip
def test_an_id_token_with_anything_wrong_is_refused(wrong):
    with pytest.raises(AuthenticationError):
        known(**wrong)


def test_clocks_may_differ_by_a_minute():
    assert known(exp=AT - 59) and known(iat=AT + 60) and known(nbf=AT + 60)


@pytest.mark.parametrize("groups", [None, "a", ["a", 1], {"a": 1}, 1, [["a"]]])
def test_groups_that_are_no_list_of_texts_are_none(groups):
    assert known(groups=groups).groups == frozenset()


def test_only_verified_mail_is_mail():
    assert known(email="ana@shop.example", email_verified=True).mail == "ana@shop.example"
    for verified in (None, False, "true", 1):
        assert known(email="ana@shop.example", email_verified=verified).mail == ""


def test_where_mail_must_be_of_a_domain_it_must_be_verified_too():
    only = OpenId(
        issuer=OPENID.issuer, client="clawband", roles=OPENID.roles, mail_domains=("Shop.example",)
    )
    assert known(only, email="ana@shop.EXAMPLE", email_verified=True)
    for mail, verified in [
        ("ana@shop.example", None), ("ana@shop.example.evil", True), ("ana@evilshop.example", True),
        ("", True), ("shop.example@evil.example", True),
    ]:  # fmt: skip
        with pytest.raises(AuthenticationError):
            known(only, email=mail, email_verified=verified)


def test_when_it_was_shown_is_known_only_if_the_provider_says_so():
    assert known().at is None
    assert known(auth_time=AT - 3_600).at == NOW - timedelta(hours=1)
    assert known(auth_time=AT + 30).at == NOW, "clocks differ"
    for wrong in (AT + 61, "now", True):
        with pytest.raises(AuthenticationError):
            known(auth_time=wrong)


def test_two_factors_are_believed_where_the_settings_say_so():
    assert known(amr=["pwd", "mfa"]).two_factors
    assert not known(amr=["pwd"]).two_factors and not known(acr="silver").two_factors
    assert not known(amr="mfa").two_factors, "a text is no list"
    made = {"issuer": OPENID.issuer, "client": "clawband", "roles": OPENID.roles}
    assert known(OpenId(**made, two_factors=("silver",)), acr="silver").two_factors
    assert known(OpenId(**made, always_two_factors=True)).two_factors


def over(**changes):
    return logout_token(changed(OVER, changes), OPENID, now=NOW)


def test_a_session_that_is_over():
    found = over()
    assert (found.subject, found.session, found.id) == ("u-1", "s", "j")
    assert found.until == NOW + timedelta(seconds=180), "as long as it could be shown again"
    assert over(sub=None).subject == "" and over(sid=None).session == ""


@pytest.mark.parametrize(
    "wrong",
    [*TIMES, *ISSUED, {"jti": None}, {"jti": ""}, {"events": None}, {"events": {}},
     {"events": {LOGOUT_EVENT: 1}}, {"events": [LOGOUT_EVENT]}, {"nonce": "n"}, {"nonce": ""},
     {"sub": None, "sid": None}, {"sid": 1}],
)  # fmt: skip
def test_a_logout_token_with_anything_wrong_is_refused(wrong):
    with pytest.raises(AuthenticationError):
        over(**wrong)


def test_neither_is_taken_for_the_other():
    with pytest.raises(AuthenticationError):
        id_token(OVER, OPENID, "n", now=NOW)
    with pytest.raises(AuthenticationError):
        logout_token(ID, OPENID, now=NOW)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(st.sampled_from(sorted(ID)), ANY)
def test_whatever_a_claim_holds_it_is_known_or_refused(claim, value):
    try:
        found = id_token({**ID, claim: value}, OPENID, "n", now=NOW)
    except AuthenticationError:
        return
    assert found.issuer == OPENID.issuer and found.subject.isprintable()
