"""Who is asked in the end is told once, and what is decided is forgotten."""

from dataclasses import replace
from datetime import timedelta

from clawband.flows import escalate
from clawband.model.approval import ApprovalState
from tests.contracts.writing import approval
from tests.flows.test_delegate import Staff
from tests.policy.asking import MANIFEST, policy_set
from tests.simulators.clocks import START

SAID = '\n[approval]\nescalate_minutes = 30\nescalate_to = "admin"\n'
ACTIVE = policy_set(MANIFEST + SAID)
LATE = START + timedelta(minutes=30)


def due(staff, now=LATE, active=ACTIVE):
    units = escalate.due(staff, active, now=now, entropy=bytes(10))
    for unit in units:
        staff.do(unit)
    return [event for unit in units for event in unit.events]


def test_it_is_told_when_its_time_has_come_and_once():
    staff = Staff()
    assert due(staff, LATE - timedelta(seconds=1)) == []
    (told,) = due(staff)
    assert (told.tag, told.detail["to"]) == ("approval:escalate", "admin")
    assert told.detail["approval"] == "apr_1" and told.cause == "dec_1"
    assert due(staff) == []
    assert escalate.KIND.get("apr_1", staff).value == escalate.Escalation("admin", LATE)


def test_only_what_waits_and_only_where_the_manifest_says_so():
    granted = replace(approval(), state=ApprovalState.GRANTED)
    assert due(Staff(granted)) == []
    assert due(Staff(replace(approval(), agent="sample/other"))) == []
    assert due(Staff(), active=policy_set()) == [] and due(Staff(), active=None) == []
    assert due(Staff(), now=approval().expires) == []


def test_each_has_its_own_event():
    staff = Staff(approval(), replace(approval(), id="apr_2", request="sha256:2"))
    told = due(staff)
    assert len({event.id for event in told}) == len(told) == 2


def test_what_is_decided_is_forgotten():
    staff = Staff()
    due(staff)
    staff.cards["apr_1"] = replace(approval(), state=ApprovalState.REFUSED)
    assert due(staff) == []
    assert escalate.KIND.all(staff) == []
