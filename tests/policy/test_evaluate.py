"""Permit or deny, from the request to the words."""

from dataclasses import replace

import pytest

from clawband.model.access import Action, Authority, Deny, Permit, Requester
from clawband.model.label import Confidentiality, Integrity
from clawband.policy.evaluate import evaluate
from tests.policy.asking import (
    OWNER,
    STRANGER,
    around,
    call,
    policy_set,
    replaced,
    request,
)

ACTIVE = policy_set()
LOOK = call(ACTIVE, "look")


def first(answer):
    assert isinstance(answer, Deny)
    return answer.reasons[0].policy


def remedy(answer):
    assert isinstance(answer, Deny)
    return answer.remedy


def test_what_the_manifest_names_is_permitted():
    answer = evaluate(LOOK, around(), ACTIVE)
    assert isinstance(answer, Permit)
    assert [reason.policy for reason in answer.reasons] == ["desk/read-look"]


def test_without_a_set_nothing_is_permitted():
    assert first(evaluate(LOOK, around(), None)) == "clawband/no-policy"


@pytest.mark.parametrize(
    ("gateway", "agent"),
    [("sample", "other"), ("other", "desk"), ("sample", ""), ("other", "sample/desk"), ("", "")],
)
def test_an_agent_without_a_workflow_may_nothing(gateway, agent):
    asked = request(Action.READ, "look", gateway=gateway, agent=agent)
    answer = evaluate(asked, around(roles=["admin"], people=2), ACTIVE)
    assert first(answer) == "clawband/unknown-agent"
    assert f"`{gateway}/{agent}`" in remedy(answer)


def test_a_defect_denies():
    broken = replace(LOOK, principal=None)
    assert first(evaluate(broken, around(), ACTIVE)) == "clawband/evaluation-error"


def test_a_lone_surrogate_denies():
    set_with_hosts = policy_set(
        hosts='@id("h") @because("b") forbid (principal, action, resource) '
        'when { context.hosts.contains("x") };'
    )
    asked = request(Action.READ, "look", hosts=["\ud800"])
    assert first(evaluate(asked, around(), set_with_hosts)) == "clawband/evaluation-error"


def test_paused_denies_everything():
    answer = evaluate(LOOK, around(paused=frozenset({"tool:look"})), ACTIVE)
    assert first(answer) == "baseline/paused"
    assert remedy(answer) == "resume it with `clawband resume`"


def test_an_unknown_tool_is_never_approved():
    asked = call(ACTIVE, "frobnicate")
    assert asked.action is Action.UNKNOWN
    for roles in ((), ("admin",), ("approver",)):
        answer = evaluate(asked, around(roles=roles, people=2, assurance=3), ACTIVE)
        assert first(answer) == "baseline/unknown-tool"
    assert "`[tools.<name>]`" in remedy(answer)


@pytest.mark.parametrize("requester", [STRANGER, Requester("x:1", "x", Authority.UNKNOWN)])
def test_a_stranger_is_not_received_and_changes_nothing(requester):
    received = request(Action.RECEIVE, "telegram", requester=requester)
    assert first(evaluate(received, around(), ACTIVE)) == "desk/requester"
    assert first(evaluate(call(ACTIVE, "note", requester=requester), around(), ACTIVE)) == (
        "desk/requester"
    )


def test_messages_go_through_named_channels_only():
    for action in (Action.RECEIVE, Action.SEND_REPLY):
        assert isinstance(evaluate(request(action, "telegram"), around(), ACTIVE), Permit)
        answer = evaluate(request(action, "discord"), around(), ACTIVE)
        assert first(answer) == "clawband/default-deny"
        assert "`discord`" in remedy(answer)


def test_an_approval_of_the_named_kind_lifts_and_no_other_does():
    asked = call(ACTIVE, "pay", {"amount": 5})
    assert isinstance(evaluate(asked, around(roles=["approver"]), ACTIVE), Permit)
    for roles in ((), ("viewer",), ("admin", "builder")):
        assert isinstance(evaluate(asked, around(roles=roles), ACTIVE), Deny)


def test_outside_content_needs_a_person():
    free = policy_set(replaced(('[[approvals]]\ntool = "pay"\nrole = "approver"\n', "")))
    asked = call(free, "pay", {"amount": 5})
    assert isinstance(evaluate(asked, around(), free), Permit)
    tainted = around(integrity=Integrity.OUTSIDE)
    assert first(evaluate(asked, tainted, free)) == "provenance/final"
    lifted = around(integrity=Integrity.OUTSIDE, roles=["approver"])
    assert isinstance(evaluate(asked, lifted, free), Permit)


def test_changing_the_gateway_takes_the_owner_and_an_admin():
    free = policy_set(replaced(('writes = ["note"', 'writes = ["gateway", "note"')))
    asked = call(free, "gateway", {"action": "config.get"}, requester=OWNER)
    assert first(evaluate(asked, around(), free)) == "baseline/configure"
    assert isinstance(evaluate(asked, around(roles=["admin"]), free), Permit)
    known = call(free, "gateway", {"action": "config.get"})
    assert first(evaluate(known, around(roles=["admin"]), free)) == "baseline/configure"


def test_a_plugin_is_installed_with_two_admins():
    asked = request(Action.INSTALL, "weather", agent="")
    assert isinstance(evaluate(asked, around(roles=["admin"], people=2), ACTIVE), Permit)
    assert isinstance(evaluate(asked, around(roles=["admin"]), ACTIVE), Deny)


def test_another_environment_is_refused():
    asked = request(Action.READ, "look", environment="production")
    assert first(evaluate(asked, around(), ACTIVE)) == "desk/environment"


def test_confidential_data_is_not_sent():
    reply = request(Action.SEND_REPLY, "telegram")
    secret = around(confidentiality=Confidentiality.INTERNAL)
    assert first(evaluate(reply, secret, ACTIVE)) == "desk/clearance"
    cleared = policy_set(
        replaced(('replies = "allow"', 'replies = "allow"\nclearance = "internal"'))
    )
    assert isinstance(evaluate(reply, secret, cleared), Permit)


@pytest.mark.parametrize(
    ("circumstances", "facts", "policy"),
    [
        ({"run_calls": 40}, {}, "desk/limit-run"),
        ({"minute_calls": 60}, {}, "desk/limit-minute"),
        ({}, {"size": 65_537}, "desk/limit-arguments"),
        ({}, {"systems": ["billing"]}, "desk/systems"),
    ],
)
def test_limits_hold(circumstances, facts, policy):
    asked = request(Action.READ, "look", **facts)
    assert first(evaluate(asked, around(**circumstances), ACTIVE)) == policy
    assert isinstance(evaluate(LOOK, around(run_calls=39, minute_calls=59), ACTIVE), Permit)


def test_results_of_its_own_tools_only():
    assert isinstance(evaluate(request(Action.RESULT, "look"), around(), ACTIVE), Permit)
    assert isinstance(evaluate(request(Action.RESULT, "drop"), around(), ACTIVE), Deny)
    large = request(Action.RESULT, "look", size=262_145)
    assert first(evaluate(large, around(), ACTIVE)) == "desk/limit-result"


def test_tool_search_may_look_but_not_touch():
    for name in ("tool_search", "tool_describe"):
        assert isinstance(evaluate(call(ACTIVE, name), around(), ACTIVE), Permit)
        assert isinstance(evaluate(request(Action.RESULT, name), around(), ACTIVE), Permit)
    assert first(evaluate(call(ACTIVE, "tool_call"), around(), ACTIVE)) == "baseline/unknown-tool"
