"""Which rule a workload's token fits."""

from datetime import UTC, datetime

import pytest

from clawband.identity.oidc_workload import ScopeError, fit
from clawband.model import workload
from clawband.model.errors import AuthenticationError

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
AT = int(NOW.timestamp())
RULES = workload.read(
    [
        {"name": "release", "issuer": "https://ci.example", "audience": "clawband",
         "subject": "repo:shop/config:ref:refs/heads/main", "acts": ["publish", "look"],
         "claims": {"environment": "production"}},
        {"name": "watch", "issuer": "https://ci.example", "audience": "clawband",
         "subject": "repo:shop/*", "acts": ["look"]},
    ]
)  # fmt: skip
CLAIMS = {
    "iss": "https://ci.example", "aud": "clawband", "sub": "repo:shop/config:ref:refs/heads/main",
    "iat": AT, "exp": AT + 300, "jti": "j", "environment": "production",
}  # fmt: skip


def fitting(scope="", rules=RULES, **changes):
    given = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    return fit(given, rules, scope, now=NOW)


def test_the_first_rule_that_fits_whole():
    assert fitting().rule.name == "release" and fitting().acts == {"publish", "look"}
    assert fitting(environment="staging").rule.name == "watch"
    assert fitting(environment=None).acts == {"look"}
    assert fitting(sub="repo:shop/other:ref:x").rule.name == "watch"
    assert fitting(aud=["clawband"], jti=None).id == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"}, {"aud": "other"}, {"aud": ["clawband", "other"]},
        {"aud": None}, {"sub": "repo:shopper/x"}, {"sub": "xrepo:shop/x"}, {"sub": None},
        {"sub": ["repo:shop/x"]}, {"exp": AT - 61}, {"exp": None}, {"iat": None},
        {"exp": AT + 90_000}, {"jti": 1},
    ],
)  # fmt: skip
def test_nothing_fits_a_token_with_anything_wrong(wrong):
    with pytest.raises(AuthenticationError):
        fitting(**wrong)


def test_a_whole_subject_is_no_beginning():
    with pytest.raises(AuthenticationError):
        fitting(rules=RULES[:1], sub=f"{CLAIMS['sub']}2")


def test_a_scope_only_makes_it_less():
    assert fitting("look").acts == {"look"}
    assert fitting(" publish look ").acts == {"publish", "look"}
    for scope in ("administer", "look stop", "PUBLISH"):
        with pytest.raises(ScopeError):
            fitting(scope)
