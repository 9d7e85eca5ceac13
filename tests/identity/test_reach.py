"""The gravest power first; and what in the log counts as the use of which power."""

import pytest

from clawband.identity.reach import CRITICAL_ACTS, Kind, Power, ordered, used
from clawband.model.event import Event, Tag
from tests.simulators.clocks import START


def power(can, who="ana", kind=Kind.PERSON, **more):
    return Power(kind=kind, who=who, can=can, by="p", **more)


def test_the_gravest_comes_first_people_before_machines_and_the_broad_before_the_narrow():
    given = [
        power("look"),
        power("tool:send", "g/a", Kind.AGENT, what="mail"),
        power("tool:send", "g/b", Kind.AGENT, what="mail", broad="any recipient"),
        power("publish", "bo"),
        power("administer", "service:ci", Kind.ACCOUNT),
        power("administer", "cy"),
        power("administer", "bo"),
    ]
    names = [(each.can, each.who) for each in ordered(given)]
    assert names == [
        ("administer", "bo"), ("administer", "cy"), ("administer", "service:ci"),
        ("publish", "bo"), ("tool:send", "g/b"), ("tool:send", "g/a"), ("look", "ana"),
    ]  # fmt: skip


def test_what_is_critical_says_so_in_words():
    assert all(power(str(act)).critical and power(str(act)).says for act in CRITICAL_ACTS)
    assert power("tool:pay").says == "pay"
    assert power("publish").recorded and power("tool:pay").recorded
    assert not power("read-payload").recorded, "reading leaves no trace"
    assert not power("look").critical and not power("tool:read").critical


@pytest.mark.parametrize(("event", "expected"), [
    ({"tag": Tag.POLICY_ACTIVATE, "who": "cleo"}, ("cleo", "publish")),
    ({"tag": Tag.APPROVAL_GRANT, "who": "bo"}, ("bo", "decide-approval")),
    ({"tag": Tag.APPROVAL_EXPIRE, "who": ""}, None),
    ({"tag": Tag.CONTROL_PAUSE, "who": ""}, None),
    ({"tag": Tag.DECISION_PERMIT, "agent": "g/a", "action": "tool:pay", "resource": "Tool::refund",
      "who": "telegram:1"}, ("g/a", "tool:pay refund")),
    ({"tag": Tag.DECISION_PERMIT, "agent": "g/a", "action": "tool:pay", "resource": "Tool::a::b"},
     ("g/a", "tool:pay a::b")),
    ({"tag": Tag.DECISION_PERMIT, "agent": "g/a", "action": "tool:pay", "resource": "Tool::refund",
      "detail": {"preview": True}}, None),
    ({"tag": Tag.DECISION_PERMIT, "agent": "g/a", "action": "net:connect", "resource": "Host::h"},
     None),
    ({"tag": Tag.DECISION_DENY, "agent": "g/a", "action": "tool:pay", "resource": "Tool::refund"},
     None),
])  # fmt: skip
def test_what_counts_as_a_use(event, expected):
    assert used(Event(id="evt_1", at=START, **event)) == expected
