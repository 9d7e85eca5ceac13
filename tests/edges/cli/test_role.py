"""Roles on the command line: what is none is said before anything is sent."""

import click
import pytest

from clawband.edges.cli.role import ROLE


@pytest.mark.parametrize("text", ["approver", "approver@production"])
def test_a_role_is_taken_as_it_is_held(text):
    assert ROLE.convert(text, None, None) == text


@pytest.mark.parametrize("text", ["emperor", "approver@mars", "@dev", ""])
def test_what_is_none_is_refused_with_what_there_is(text):
    with pytest.raises(click.BadParameter, match=r"admin, builder.*production"):
        ROLE.convert(text, None, None)
