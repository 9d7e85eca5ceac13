"""What an approval is bound to: every part of the act, and no id of the attempt."""

import hashlib
from dataclasses import replace

import pytest

from clawband.model.access import (
    Action,
    Authority,
    Facts,
    Principal,
    Request,
    Requester,
    Resource,
    ResourceKind,
    Trace,
)

REQUEST = Request(
    principal=Principal("sample", "support"),
    requester=Requester("telegram:4242", "telegram", Authority.KNOWN),
    action=Action.PAY,
    resource=Resource(ResourceKind.TOOL, "refund"),
    environment="dev",
    arguments={"id": "17", "amount": 100},
    trace=Trace(session="s", run="r", call="c"),
)

OTHER = {
    "environment": replace(REQUEST, environment="production"),
    "gateway": replace(REQUEST, principal=Principal("other", "support")),
    "agent": replace(REQUEST, principal=Principal("sample", "lead")),
    "requester": replace(REQUEST, requester=Requester("telegram:1", "telegram")),
    "session": replace(REQUEST, trace=replace(REQUEST.trace, session="t")),
    "no session": replace(REQUEST, trace=Trace()),
    "action": replace(REQUEST, action=Action.READ),
    "resource": replace(REQUEST, resource=Resource(ResourceKind.TOOL, "refund2")),
    "kind": replace(REQUEST, resource=Resource(ResourceKind.CHANNEL, "refund")),
    "value": replace(REQUEST, arguments={"id": "17", "amount": 101}),
    "type": replace(REQUEST, arguments={"id": 17, "amount": 100}),
    "more": replace(REQUEST, arguments={"id": "17", "amount": 100, "x": None}),
    "fewer": replace(REQUEST, arguments={"id": "17"}),
    "space": replace(REQUEST, arguments={"id": "17 ", "amount": 100}),
}


@pytest.mark.parametrize("what", OTHER)
def test_another_act_has_another_digest(what):
    assert OTHER[what].digest() != REQUEST.digest()
    assert len({other.digest() for other in OTHER.values()}) == len(OTHER)


@pytest.mark.parametrize(
    "same",
    [
        replace(REQUEST, trace=Trace(session="s", run="r2", call="c2", message="m", trace="t")),
        replace(REQUEST, arguments={"amount": 100.0, "id": "17"}),
        replace(REQUEST, facts=Facts(size=99), workflow="support", preview=True),
    ],
)
def test_the_same_act_has_the_same_digest(same):
    assert same.digest() == REQUEST.digest()


def test_the_digest_is_pinned():
    """It is in every log: the same act must be found again by a later release."""
    text = (
        '{"action":"tool:pay","agent":"sample/support","arguments":{"amount":100,"id":"17"},'
        '"environment":"dev","requester":"telegram:4242","resource":"Tool::refund",'
        '"session":"s","v":1}'
    )
    assert REQUEST.digest() == "sha256:" + hashlib.sha256(text.encode()).hexdigest()
