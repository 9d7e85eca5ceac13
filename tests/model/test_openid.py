"""`[openid]`: one provider, and what its groups may do."""

import pytest

from clawband.model.errors import InputError
from clawband.model.openid import read
from clawband.model.person import Role

GOOD = {
    "issuer": "https://login.example",
    "client": "clawband",
    "roles": {"admins": ["admin"], "shop": ["operator", "approver"], "lab": ["approver@dev"]},
}


def test_a_provider_and_the_roles_of_its_groups():
    openid = read({**GOOD, "mail_domains": ["shop.example"]})
    assert openid.issuer == "https://login.example" and openid.mail_domains == ("shop.example",)
    assert openid.roles_of(frozenset({"admins", "shop", "other"})) == {
        Role.ADMIN, Role.OPERATOR, Role.APPROVER,
    }  # fmt: skip
    assert openid.roles_of(frozenset({"lab"})) == {"approver@dev"}
    assert openid.roles_of(frozenset({"other"})) == frozenset()
    assert openid.roles_of(frozenset()) == frozenset()
    assert read(None) is None


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:3000", "http://localhost", "http://[::1]:1"])
def test_only_this_machine_is_reached_in_clear(issuer):
    assert read({**GOOD, "issuer": issuer}).issuer == issuer


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": ""}, {"issuer": "http://login.example"}, {"issuer": "login.example"},
        {"issuer": "https://login.example?tenant=1"}, {"issuer": "https://a:b@login.example"},
        {"issuer": "https://login.example/#x"}, {"issuer": "https://x:y"}, {"issuer": 1},
        {"client": ""}, {"client": ["clawband"]}, {"roles": {}}, {"roles": {"a": []}},
        {"roles": {"a": ["root"]}}, {"roles": {"a": ["admin@mars"]}},
        {"roles": {"a": "admin"}}, {"roles": ["admin"]},
        {"scopes": ["profile"]}, {"scopes": "openid"}, {"always_two_factors": "yes"},
        {"secret": "x"},
        {"mail_domains": [""]}, {"name": "a\nb"},
    ],
)  # fmt: skip
def test_everything_else_is_refused(wrong):
    with pytest.raises(InputError):
        read({**GOOD, **wrong})


@pytest.mark.parametrize("wrong", ["openid", [], {}, [GOOD]])
def test_it_is_one_table(wrong):
    with pytest.raises(InputError):
        read(wrong)
