"""What tried to leave, as events."""

from datetime import UTC, datetime

import pytest

from clawband.flows.bypass import MAX_BATCH, bypasses
from clawband.model.deployment import Gateway
from clawband.model.errors import InputError
from clawband.model.event import Tag

NOW = datetime(2026, 5, 1, tzinfo=UTC)
GATEWAY = Gateway(name="shop", environment="dev", credential="x", enrolled=NOW)
TOLD = {"kind": "tcp", "what": "203.0.113.9:443", "who": "commands", "count": 3}


def made(*told):
    return bypasses(told, GATEWAY, now=NOW, entropy=bytes(16)).events


def test_each_attempt_is_one_event_with_how_often():
    first, second = made(TOLD, {**TOLD, "kind": "dns", "what": "a.example at 192.0.2.53"})
    assert (first.tag, first.gateway, first.outcome) == (Tag.EGRESS_BYPASS, "shop", "deny")
    assert first.resource == "203.0.113.9:443"
    assert first.detail == {"kind": "tcp", "who": "commands", "count": 3}
    assert first.id != second.id


@pytest.mark.parametrize("count", [None, "3", 0, -1, 10**12])
def test_a_count_that_is_none_is_once(count):
    assert made({**TOLD, "count": count})[0].detail["count"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        7,
        {},
        {**TOLD, "kind": "magic"},
        {**TOLD, "who": "root"},
        {**TOLD, "what": "x" * 300},
        {**TOLD, "what": "a\u202eb"},
        {**TOLD, "what": ["x"]},
    ],
    ids=str,
)
def test_what_is_no_attempt_is_refused(wrong):
    with pytest.raises(InputError):
        made(wrong)


def test_too_many_at_once_are_refused():
    with pytest.raises(InputError, match="at most 100"):
        made(*[TOLD] * (MAX_BATCH + 1))
