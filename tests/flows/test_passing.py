"""What is passed on: less than what came, and never more."""

from dataclasses import replace

import pytest

from clawband.flows.notice import noticed
from clawband.labels.known import Known
from clawband.model.access import Action, Deny, Facts, Permit
from clawband.model.deployment import Tool
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.ports.unit import JoinLabel, Unit
from tests.flows.deciding import Desk, message, request
from tests.policy.asking import policy_set, replaced

LOOK = Tool(name="look", effect="tool:read", system="crm")
INSIDE = Label(Integrity.OUTSIDE, Confidentiality.INTERNAL, frozenset({"web_fetch:a.example"}))


def result(text: str, tool: Tool = LOOK):
    desk = Desk()
    desk.run(message("look"))
    desk.run(request("look"))
    wanted = replace(request("look", action=Action.RESULT, arguments={"text": text}), tool=tool)
    decided = desk.run(noticed(replace(wanted, facts=Facts()), None))
    assert isinstance(decided.decision, Permit)
    return decided.decision.text


def test_what_strangers_can_write_is_marked_as_data_with_its_source():
    text = result("hello\u202eworld")
    assert text.splitlines()[0].startswith("[data ")
    assert "look" in text.splitlines()[0]
    assert "\u202e" not in text


def test_what_was_noticed_is_in_the_record():
    desk = Desk()
    desk.run(message("look"))
    desk.run(request("look"))
    wanted = request("look", action=Action.RESULT, arguments={"text": "hello\u202eworld"})
    decided = desk.run(replace(wanted, tool=LOOK))
    assert decided.unit.events[0].detail["signals"] == ["bidirectional-control"]


def test_what_only_the_deployment_can_write_stays_as_it_is():
    assert result("hello", replace(LOOK, outside=False)) is None
    assert result("") is None


@pytest.mark.parametrize("outside", [True, False])
def test_a_secret_of_a_certain_shape_is_not_shown_to_the_model(outside):
    key = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n" * 12
    key += "-----END PRIVATE KEY-----"
    text = result(f"the key: {key} done", replace(LOOK, outside=outside))
    assert "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC" not in text
    assert "done" in text


CLEARED = policy_set(replaced(('replies = "allow"', 'replies = "allow"\nclearance = "internal"')))


def reply(text: str, label: Label = INSIDE, media: str = "", delivers: str = ""):
    desk = Desk(CLEARED)
    desk.run(message("see https://said.example/x"))
    desk.apply(Unit(changes=[JoinLabel("sample/s", label)]))
    wanted = message(text, action=Action.SEND_REPLY)
    sent = {**wanted.arguments, "media": [media] if media else []}
    return desk.run(noticed(replace(wanted, arguments=sent, delivers=delivers), None))


def test_a_link_the_model_made_up_is_defused_in_a_session_that_holds_more_than_public_data():
    decided = reply("look: https://evil.example/?d=42 and https://said.example/x")
    assert isinstance(decided.decision, Permit)
    text = decided.decision.text or ""
    assert "https://evil.example" not in text
    assert "https://said.example/x" in text


def test_a_picture_is_removed_and_plain_text_passes_untouched():
    decided = reply("![x](https://evil.example/p.png) hi")
    assert isinstance(decided.decision, Permit)
    assert "evil.example/p.png" not in (decided.decision.text or "")
    assert reply("hi").decision.text is None


def test_what_is_fetched_beside_the_text_stays_behind():
    decided = reply("hi", media="https://evil.example/p.png?d=42")
    assert isinstance(decided.decision, Permit)
    assert decided.decision.text == "hi"
    on_its_way = reply("hi", media="https://evil.example/p.png?d=42", delivers="other")
    assert isinstance(on_its_way.decision, Deny)
    assert reply("hi", media="chart.png").decision.text is None


def test_public_sessions_may_link_as_they_like():
    label = replace(INSIDE, confidentiality=Confidentiality.PUBLIC)
    assert reply("https://docs.example/", label).decision.text is None


def test_what_is_refused_for_another_reason_stays_refused():
    decided = reply("x" * 2_000_000 + " https://evil.example/?d=1")
    assert isinstance(decided.decision, Deny)


KEPT = "4Jq8Zt2WmXv7Lr3NcHd6"


@pytest.mark.parametrize("outside", [True, False])
def test_a_kept_value_is_not_shown_also_where_secrets_are_ignored(outside):
    classes = '[classes]\nsecret = "ignore"\n\n[[approvals]]'
    ignoring = policy_set(replaced(("[[approvals]]", classes)))
    desk = Desk(ignoring, known=Known([("crm/key", KEPT.encode())]))
    desk.run(message("look"))
    desk.run(request("look"))
    wanted = request("look", action=Action.RESULT, arguments={"text": f"key={KEPT} ok"})
    decided = desk.run(replace(wanted, tool=replace(LOOK, outside=outside)))
    assert isinstance(decided.decision, Permit)
    assert decided.decision.text and "key=[secret: crm/key] ok" in decided.decision.text
    assert KEPT not in repr(decided.unit)
