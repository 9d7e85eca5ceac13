"""What the log says of a decision: digests and ids, and nothing that confirms a guess."""

from clawband.audit.entry import encode
from clawband.flows import record
from clawband.labels.known import Known
from clawband.model.access import Action, Facts
from clawband.model.network import Net
from tests.flows.deciding import Desk, message, request

SECRET = "4111-1111"


def test_equal_arguments_have_different_payload_digests():
    one, two = (record.payload(request("pay"), nonce) for nonce in (b"1" * 16, b"2" * 16))
    assert one.digest != two.digest and one.body != two.body


def test_a_leaf_holds_no_argument_and_no_text():
    desk = Desk()
    desk.run(message(SECRET))
    for wanted in (request("pay", arguments={"card": SECRET}), request("zap"),
                   message(SECRET, action=Action.SEND_REPLY)):  # fmt: skip
        for event in desk.run(wanted).unit.events:
            assert SECRET.encode() not in encode(event, 0)


def test_a_held_call_has_two_leaves_that_name_each_other():
    desk = Desk()
    desk.run(message())
    decided = desk.run(request("pay"))
    hold, opened = decided.unit.events
    assert (hold.tag, opened.tag) == ("decision:hold", "approval:open")
    assert opened.cause == hold.id == decided.id
    assert hold.detail["approval"] == opened.detail["approval"] == decided.decision.approval


def test_a_card_is_opened_once_in_the_log_too():
    desk = Desk()
    desk.run(message())
    desk.run(request("pay"))
    again = desk.run(request("pay"))
    assert [event.tag for event in again.unit.events] == ["decision:hold"]
    assert again.unit.events[0].detail["approval"] == again.decision.approval


def test_the_active_set_and_the_label_are_in_the_leaf():
    desk = Desk()
    (leaf,) = desk.run(message()).unit.events
    assert leaf.policy == desk.active.digest
    assert (leaf.detail["integrity"], leaf.detail["confidentiality"]) == (2, 0)
    assert leaf.detail["sources"] == ["telegram:4242"]


def test_nothing_that_is_written_holds_a_kept_value():
    key = "4Jq8Zt2WmXv7Lr3NcHd6"
    desk = Desk(known=Known([("crm/key", key.encode())]))
    decided = desk.run(message(f"use {key}"))
    assert decided.unit.events[0].detail["kept"] == ["crm/key"]
    net = Net(host="a.example", port=443, method="GET", route=f"/{'x' * 250}{key}")
    asked = request(action=Action.REQUEST, facts=Facts(net=net), arguments={"path": net.route})
    sent = desk.run(asked)
    assert sent.unit.events[0].detail["route"].endswith("x[secr")
    assert key not in repr(decided.unit) + repr(sent.unit)
