"""Single values in an `openclaw.json`: set, and taken back without a trace."""

import copy

import pytest

from clawband.model.errors import InputError
from clawband.openclaw.placed import at, back, put

WAY = ("tools", "web", "fetch", "useTrustedEnvProxy")


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ({}, None),
        ({"tools": {"web": {"fetch": {"useTrustedEnvProxy": False}}}}, False),
        ({"tools": 3}, None),
        ({"tools": {"web": None}}, None),
    ],
)
def test_what_stands_there(config, found):
    assert at(config, WAY) is found


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"tools": {}},
        {"tools": {"exec": {}}},
        {"tools": {"web": {"fetch": {"other": 1}}}},
        {"tools": {"web": {"fetch": {"useTrustedEnvProxy": False}}}},
    ],
)
def test_what_was_set_is_taken_back(config):
    before, was = copy.deepcopy(config), at(config, WAY)
    put(config, WAY, True)
    assert at(config, WAY) is True
    back(config, WAY, was)
    # An object that was empty before leaves with what was put into it.
    assert config == (before if before != {"tools": {}} else {})


@pytest.mark.parametrize("config", [{"tools": 3}, {"tools": {"web": {"$include": "x.json"}}}])
def test_another_value_on_the_way_is_left_alone(config):
    before = copy.deepcopy(config)
    with pytest.raises(InputError, match="to be an object"):
        put(config, WAY, True)
    assert config == before
    back(config, WAY, None)
    assert config == before
