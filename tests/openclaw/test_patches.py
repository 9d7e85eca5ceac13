"""A merge patch names every list that it shortens or takes away: OpenClaw wants to be told."""

import pytest

from clawband.openclaw.patches import merge_patch


@pytest.mark.parametrize(
    ("before", "after", "patch", "shorter"),
    [
        ({"a": 1}, {"a": 1}, {}, []),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, {"a": {"c": None}}, []),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1]}}, {"a": {"b": [1]}}, ["a.b"]),
        ({"a": [1]}, {"a": [1, 2]}, {"a": [1, 2]}, []),
        ({"a": [1]}, {}, {"a": None}, ["a"]),
        ({"a": {"b": [1], "c": {"d": [2], "e": []}, "f": 1}}, {}, {"a": None}, ["a.b", "a.c.d"]),
        ({"a": {"b": {"c": [1]}}}, {"a": {}}, {"a": {"b": None}}, ["a.b.c"]),
    ],
)
def test_what_goes_and_what_is_named(before, after, patch, shorter):
    assert merge_patch(before, after) == (patch, shorter)
