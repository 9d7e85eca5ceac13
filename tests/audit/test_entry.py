"""The bytes of a leaf are a format: pinned, canonical, and read back as they were."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from clawband.audit.canonical import decode as canonical_line
from clawband.audit.entry import decode, encode, stamp
from clawband.model.errors import InvariantError
from clawband.model.event import Event, Tag

AT = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)

FULL = Event(
    id="dec_01M817QNM00000000000000000", at=AT, tag=Tag.DECISION_HOLD, who="telegram:4242",
    gateway="sample", agent="sample/support", action="tool:pay", resource="Tool::refund",
    outcome="hold", session="agent:support:telegram:direct:4242", run="r1", call="c1",
    message="m1", trace="t1", cause="dec_0", policy="sha256:p",
    detail={"reasons": ["support/pay"], "integrity": 0, "preview": True, "because": ["größer ≥ 1"]},
)  # fmt: skip

PINNED = (
    '{"action":"tool:pay","agent":"sample/support","at":"2026-11-22T09:00:00.123456Z","call":"c1",'
    '"cause":"dec_0","detail":{"because":["größer ≥ 1"],"integrity":0,"preview":true,'
    '"reasons":["support/pay"]},"gateway":"sample","id":"dec_01M817QNM00000000000000000",'
    '"message":"m1","n":7,"outcome":"hold","policy":"sha256:p","resource":"Tool::refund",'
    '"run":"r1","session":"agent:support:telegram:direct:4242","tag":"decision:hold","trace":"t1",'
    '"v":1,"who":"telegram:4242"}'
)


def test_the_bytes_are_pinned():
    """A change here breaks every log there is: add keys, never change or reuse them."""
    assert encode(FULL, 7) == PINNED.encode()
    small = Event(id="evt_1", at=AT, tag=Tag.SERVER_START)
    assert encode(small, 0) == (
        b'{"at":"2026-11-22T09:00:00.123456Z","id":"evt_1","n":0,"tag":"server:start","v":1}'
    )


def test_the_tags_are_pinned():
    assert " ".join(Tag) == (
        "decision:permit decision:deny decision:hold request:refuse approval:open approval:grant "
        "approval:refuse approval:expire approval:spend message:receive message:send call:finish "
        "call:unreported run:finish gateway:start gateway:stop gateway:silent gateway:gap "
        "gateway:enroll enforcement:refuse control:pause control:resume policy:activate "
        "policy:refuse operator:add operator:remove session:open session:refuse session:close "
        "log:export server:start server:stop clock:step endorsement:add endorsement:revoke "
        "place:quarantine place:release place:revert place:discard egress:refuse egress:close "
        "egress:bypass launch:start launch:refuse launch:block launch:end enforcement:missing "
        "enforcement:lost enforcement:restored canary:ok canary:fail model:finish witness:differ "
        "operator:invite operator:change credential:add credential:remove credential:use "
        "session:revoke elevation:ask elevation:grant elevation:refuse elevation:end glass:break "
        "glass:review proposal:open proposal:agree proposal:refuse review:open review:decide "
        "review:close review:overdue account:add account:remove key:add key:revoke workload:trade "
        "workload:refuse approval:edit approval:escalate delegation:add delegation:end "
        "review:remind gateway:remove notice:set notice:send chat:claim chat:link chat:unlink "
        "chat:refuse "
        "secret:add secret:change secret:remove secret:set secret:lend secret:refuse "
        "secret:end master:change rotation:begin rotation:step rotation:end rotation:fail "
        "rotation:due leak:open leak:step leak:close honeytoken:plant honeytoken:use "
        "honeytoken:remove door:open door:refuse door:close certificate:issue "
        "certificate:revoke certificate:due"
    )


def test_a_leaf_is_read_back():
    assert decode(encode(FULL, 7)) == FULL


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
DETAIL = st.dictionaries(
    st.sampled_from(["a", "b_c", "zz"]),
    st.recursive(
        st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT | st.floats(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("k"), inner),
        max_leaves=5,
    ),
)
TIMES = st.integers(0, 4_000_000_000_000_000).map(
    lambda micros: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micros)
)
EVENTS = st.builds(
    Event, id=TEXT, at=TIMES,
    tag=st.sampled_from(Tag), who=TEXT, resource=TEXT, run=TEXT, detail=DETAIL,
)  # fmt: skip


@given(EVENTS, st.integers(0, 2**40))
def test_every_leaf_is_one_canonical_line(event, index):
    body = encode(event, index)
    assert b"\n" not in body and canonical_line(body)["n"] == index
    assert rfc8785.dumps(json.loads(body)) == body
    assert encode(decode(body), index) == body


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"[]", b"{}", b"\xff", b'{"at":"x","id":"1","tag":"server:start"}',
     b'{"at":"2026-11-22T09:00:00Z","id":"1","tag":"made:up"}', b'{"at":1,"id":"1","tag":"x"}'],
)  # fmt: skip
def test_what_is_no_leaf_is_named(body):
    with pytest.raises(InvariantError, match="cannot be read"):
        decode(body)


def test_times_are_utc_and_of_one_length():
    east = datetime(2026, 11, 22, 11, tzinfo=timezone(timedelta(hours=2)))
    assert stamp(east) == "2026-11-22T09:00:00.000000Z"
