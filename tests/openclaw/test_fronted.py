"""A gateway behind a door: what changes in its configuration, and that it can be undone."""

import copy

import pytest

from clawband.model.errors import InputError
from clawband.openclaw.fronted import REDACTED, Front, behind, is_behind, open_

FRONT = Front("x-clawband-s", "https://shop.example.com", ("operator.write", "operator.read"), "t0")
CONFIG = {
    "gateway": {
        "port": 1, "auth": {"mode": "token", "token": "t0"}, "trustedProxies": ["10.0.0.0/8"],
        "controlUi": {"allowedOrigins": ["https://other.example"]},
    },
    "agents": {},
}  # fmt: skip


def test_it_takes_people_in_through_the_door_only():
    after, _ = behind(CONFIG, FRONT)
    gateway = after["gateway"]
    assert gateway["auth"] == {
        "mode": "trusted-proxy", "password": "t0",
        "trustedProxy": {
            "userHeader": "x-clawband-s", "allowLoopback": True,
            "deviceAutoApprove": {"enabled": True, "scopes": ["operator.read", "operator.write"]},
        },
    }  # fmt: skip
    assert gateway["trustedProxies"] == ["127.0.0.1", "::1"]
    assert gateway["controlUi"]["allowedOrigins"] == ["https://other.example", FRONT.origin]
    assert is_behind(after, FRONT.header) and not is_behind(CONFIG, FRONT.header)


@pytest.mark.parametrize("config", [CONFIG, {"gateway": {"auth": {"token": "t0"}}, "x": 1}])
def test_it_can_be_undone_and_other_edits_stay(config):
    kept = copy.deepcopy(config)
    after, before = behind(config, FRONT)
    assert config == kept and open_(after, before) == config
    after["agents"] = {"new": 1}
    assert open_(after, before) == {**config, "agents": {"new": 1}}


def test_twice_is_once():
    once, _ = behind(CONFIG, FRONT)
    assert behind(once, FRONT)[0] == once


def test_what_the_gateway_does_not_show_is_taken_from_the_token_file():
    hidden = {"gateway": {"auth": {"mode": "token", "token": REDACTED}}}
    after, before = behind(hidden, FRONT)
    assert after["gateway"]["auth"]["password"] == "t0"
    after["gateway"]["auth"]["password"] = REDACTED
    assert open_(after, before, "t0")["gateway"]["auth"] == {"mode": "token", "token": "t0"}
    with pytest.raises(InputError, match="neither in its configuration nor in `token_file`"):
        behind(hidden, Front("h", "o", ()))


def test_a_reference_stays_a_reference():
    reference = {"source": "exec", "provider": "clawband", "id": "gateway"}
    after, _ = behind({"gateway": {"auth": {"token": reference}}}, FRONT)
    assert after["gateway"]["auth"]["password"] == reference


def test_a_password_that_is_there_stays():
    after, before = behind({"gateway": {"auth": {"mode": "password", "password": "p"}}}, FRONT)
    assert after["gateway"]["auth"]["password"] == "p"
    assert open_(after, before) == {"gateway": {"auth": {"mode": "password", "password": "p"}}}


@pytest.mark.parametrize("config", [{}, {"gateway": {"auth": {"mode": "trusted-proxy"}}}])
def test_another_proxy_is_not_the_door(config):
    assert not is_behind(config, FRONT.header)
