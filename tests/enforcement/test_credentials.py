"""How a gateway and a command name themselves at the boundary."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.enforcement.credentials import EGRESS, MODELS, Named, basic, opens, password
from clawband.model.errors import AuthenticationError

KEY = bytes(range(32))


def header(text):
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_a_password_is_for_one_gateway_at_one_boundary():
    good = password(KEY, EGRESS, "sample")
    assert opens(KEY, EGRESS, "sample", good)
    assert not opens(KEY, MODELS, "sample", good)
    assert not opens(KEY, EGRESS, "other", good)
    assert not opens(bytes(32), EGRESS, "sample", good)
    assert not opens(KEY, EGRESS, "sample", "")


def test_both_halves_are_read():
    named = basic(header("gateway.sample:abc:d"))
    assert named == Named("gateway.sample", "abc:d")
    assert (named.kind, named.gateway) == ("gateway", "sample")
    assert (basic(header("call:x")).kind, basic(header("call:x")).gateway) == ("call", "")


@pytest.mark.parametrize(
    "wrong",
    ["", "Basic", "Basic ", "Bearer abc", "Basic !!!", header("nocolon"), header(":x"),
     header("x:"), "Basic " + "A" * 9000, "Basic /w=="],
)  # fmt: skip
def test_anything_else_is_nobody(wrong):
    with pytest.raises(AuthenticationError):
        basic(wrong)


@given(st.text(max_size=100))
def test_no_text_breaks_it(text):
    try:
        basic(text)
    except AuthenticationError as error:
        assert error.remedy
