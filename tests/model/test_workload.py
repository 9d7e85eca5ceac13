"""`[[workload]]`: whose tokens are traded, for what."""

import pytest

from clawband.model import openid
from clawband.model.errors import InputError
from clawband.model.workload import read

GOOD = {
    "name": "release",
    "issuer": "https://ci.example",
    "audience": "clawband",
    "subject": "repo:shop/config:*",
    "acts": ["publish"],
}


def test_a_rule_is_read_whole():
    (rule,) = read([{**GOOD, "claims": {"ref": "refs/heads/main"}, "minutes": 5}])
    assert (rule.subject, rule.acts, rule.minutes) == ("repo:shop/config:*", {"publish"}, 5)
    assert rule.claims == {"ref": "refs/heads/main"}
    assert read([GOOD])[0].minutes == 15
    assert read([]) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"issuer": "http://ci.example"}, {"audience": ""}, {"audience": ["clawband"]},
        {"subject": "*"}, {"subject": ""}, {"subject": "repo:*:main"}, {"subject": "**"},
        {"acts": []}, {"acts": ["administer"]}, {"acts": ["decide-approval"]}, {"acts": "publish"},
        {"acts": [1]}, {"claims": {"ref": 1}}, {"claims": []}, {"minutes": 0}, {"minutes": 61},
        {"minutes": True}, {"scope": "x"},
    ],
)  # fmt: skip
def test_everything_else_is_refused(wrong):
    with pytest.raises(InputError):
        read([{**GOOD, **wrong}])


@pytest.mark.parametrize("wrong", ["workload", {}, [1], [GOOD, GOOD]])
def test_they_are_tables_with_names_of_their_own(wrong):
    with pytest.raises(InputError):
        read(wrong)


def test_nobody_trades_the_id_token_of_a_person():
    people = openid.read({"issuer": "https://ci.example", "client": "clawband",
                          "roles": {"a": ["viewer"]}})  # fmt: skip
    with pytest.raises(InputError, match="ID tokens of people"):
        read([GOOD], people)
    assert read([{**GOOD, "audience": "clawband-ci"}], people)
