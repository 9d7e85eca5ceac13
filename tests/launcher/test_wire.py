"""The launcher's own encoding: what goes in comes out, and nothing else is understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.launcher import wire

KEYS = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1)
# A command may hold bytes that are not UTF-8; a NUL it cannot hold.
VALUES = st.text(st.characters(exclude_categories=["Cs"])) | st.binary().map(
    lambda raw: raw.decode("utf-8", "surrogateescape")
)


@given(st.lists(st.tuples(KEYS, VALUES)))
def test_whatever_is_encoded_is_decoded(fields):
    assert wire.decode(wire.encode(fields)) == fields


def test_the_form_is_the_one_agreed():
    fields = [("command", "ls -l\n"), ("read", "/é"), ("read", "a-._~Z9")]
    assert wire.encode(fields) == b"command ls%20-l%0A\nread %2F%C3%A9\nread a-._~Z9\n"


@pytest.mark.parametrize(
    "body", [b"key\n", b" value\n", b"\n", b"key %\n", b"key %4\n", b"key %g0\n"]
)
def test_any_other_form_is_refused(body):
    with pytest.raises(wire.RefusedError):
        wire.decode(body)
