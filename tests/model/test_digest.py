"""Equal means equal digest, different means different, and what has no exact form is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.model.digest import canonical, digest, sha256
from clawband.model.errors import InputError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@given(JSON)
def test_the_spelling_does_not_matter(value):
    respelled = json.loads(json.dumps(value, indent=3))
    assert digest(respelled) == digest(value)


@given(JSON, JSON)
def test_different_values_have_different_bytes(one, two):
    assert (canonical(one) == canonical(two)) == (
        json.dumps(one, sort_keys=True) == json.dumps(two, sort_keys=True)
    )


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 2**53, -(2**64), 10**400, "\ud800", {"\udfff": 1}, ["\ud800"],
     {1: 2}, object(), b"x", {"a": {1, 2}}],
)  # fmt: skip
def test_what_json_cannot_carry_exactly_is_refused(value):
    with pytest.raises(InputError) as refused:
        canonical(value)
    assert refused.value.remedy


def test_deep_nesting_is_refused():
    deep: object = 1
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(InputError):
        canonical(deep)


def test_the_digest_is_pinned():
    assert sha256(b"") == "sha256:" + (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    assert canonical({"b": 1, "a": [1.5, "é", None], "€": True}) == (
        '{"a":[1.5,"é",null],"b":1,"€":true}'.encode()
    )
