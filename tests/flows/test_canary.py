"""Canaries on the decision path: which acts are ours, and what the log is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clawband.enforcement.canary import LIFE, PARAMETER, TURN, WORDS, Standing, State, claims
from clawband.enforcement.token import Mint, Spent
from clawband.flows import canary
from clawband.model.access import Deny, Permit
from clawband.model.deployment import Gateway
from clawband.model.errors import AuthenticationError
from clawband.model.event import Tag
from clawband.openclaw import hooks

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ENTROPY = bytes(range(96))
MINT = Mint(b"m" * 32)
GATEWAY = Gateway(name="sample", environment="dev", credential="", enrolled=NOW)
LOST = Standing(state=State.UNGOVERNED, since=NOW, why="it went on")
WELL = Standing(state=State.GOVERNED, since=NOW, why="right", tried=NOW, told=NOW)


def token(tool="agents_list", verdict="deny", principal="sample/support", environment="dev"):
    return MINT.make(claims(principal, environment, tool, verdict, now=NOW, entropy=ENTROPY))


def call(said, tool="agents_list", agent="support"):
    event = {"toolName": tool, "params": {PARAMETER: said}, "toolCallId": "rpc-delegated-1"}
    return hooks.asked("tool", event, {"sessionKey": f"agent:{agent}:clawband-canary"})


def turn(said, agent="support"):
    context = {"sessionKey": f"agent:{agent}:internal-session-effects:x", "runId": "r1"}
    return hooks.asked("run", {"prompt": f"[10:00] {WORDS}{said}\n"}, context)


def recognised(question, said, spent=None, now=NOW, gateway=GATEWAY):
    return canary.recognised(
        question, gateway, said, mint=MINT, spent=spent or Spent(), now=now
    )  # fmt: skip


@pytest.mark.parametrize("question", [call("x"), turn("x")])
def test_a_token_is_found_where_it_travels(question):
    assert canary.carried(question) == "x"


@pytest.mark.parametrize(
    "question",
    [
        hooks.asked("tool", {"toolName": "exec", "params": {"command": "ls"}}, {}),
        hooks.asked("tool", {"toolName": "exec", "params": {PARAMETER: 7}}, {}),
        hooks.asked("tool", {"toolName": "exec"}, {}),
        hooks.asked("run", {"prompt": "what is a canary?"}, {}),
        hooks.asked("run", {}, {}),
        hooks.asked("result", {"toolName": "exec", "text": WORDS + "x"}, {}),
    ],
)
def test_nearly_nothing_carries_one(question):
    assert canary.carried(question) == ""


@pytest.mark.parametrize(("verdict", "kind"), [("deny", Deny), ("permit", Permit)])
def test_ours_gets_the_verdict_that_it_carries_and_leaves_nothing(verdict, kind):
    said = token(verdict=verdict)
    decided = canary.answer(recognised(call(said), said), now=NOW, entropy=ENTROPY)
    assert isinstance(decided.decision, kind)
    assert (decided.unit.events, decided.unit.changes) == ([], [])
    assert decided.request.principal.id == "sample/support"


def test_a_turn_is_recognised_too():
    said = token(TURN)
    assert recognised(turn(said), said).act == "deny"


@pytest.mark.parametrize(
    ("question", "said", "why"),
    [
        (call, token(principal="sample/lead"), "another agent"),
        (call, token(environment="prod"), "another agent"),
        (call, token(tool="session_status"), "another act"),
        (call, token(TURN), "another act"),
        (turn, token(), "another act"),
        (call, Mint(b"n" * 32).make(claims("sample/support", "dev", "agents_list", "permit",
                                           now=NOW, entropy=ENTROPY)), "signature"),
        (call, MINT.make(replace(claims("sample/support", "dev", "agents_list", "permit", now=NOW,
                                        entropy=ENTROPY), aud="call")), "expected `canary`"),
        (call, "forged", "not one of ours"),
    ],
)  # fmt: skip
def test_what_is_not_exactly_ours_is_none(question, said, why):
    with pytest.raises(AuthenticationError, match=why):
        recognised(question(said), said)


def test_a_canary_is_good_once_and_not_for_long():
    spent, said = Spent(), token()
    recognised(call(said), said, spent)
    with pytest.raises(AuthenticationError, match="here before"):
        recognised(call(said), said, spent)
    with pytest.raises(AuthenticationError, match="time is over"):
        recognised(call(said), said, now=NOW + LIFE)


def events(before, after, now=NOW):
    told = canary.events("sample/support", before, after, now=now, entropy=ENTROPY)
    return [each.tag for each in told]


def test_each_change_is_told_and_nothing_else_within_the_hour():
    new = Standing(since=NOW)
    assert events(new, replace(new, tried=NOW)) == []
    assert events(new, WELL) == [Tag.CANARY_OK]
    later = NOW + timedelta(minutes=59)
    assert events(WELL, replace(WELL, tried=later), later) == []
    hour = NOW + timedelta(hours=1)
    assert events(WELL, replace(WELL, tried=hour), hour) == [Tag.CANARY_OK]
    lost = replace(LOST, tried=NOW)
    assert events(WELL, lost) == [Tag.CANARY_FAIL, Tag.ENFORCEMENT_LOST]
    assert events(lost, replace(lost, told=NOW)) == []
    assert events(lost, replace(lost, told=NOW, why="another")) == [Tag.CANARY_FAIL]
    assert events(lost, WELL) == [Tag.CANARY_OK, Tag.ENFORCEMENT_RESTORED]


def test_a_loss_that_no_canary_saw_is_told_without_one():
    assert events(WELL, replace(LOST, tried=None)) == [Tag.ENFORCEMENT_LOST]
    unknown = replace(WELL, state=State.UNKNOWN, tried=None)
    assert events(LOST, unknown) == [Tag.ENFORCEMENT_RESTORED]


def test_a_loss_names_the_agent_its_gateway_and_why():
    failed, lost = canary.events(
        "sample/support", WELL, replace(LOST, tried=NOW), now=NOW, entropy=ENTROPY
    )
    assert (lost.gateway, lost.agent, lost.outcome) == ("sample", "sample/support", "ungoverned")
    assert lost.detail == {"reason": "it went on"}
    assert lost.cause == failed.id != lost.id


def test_a_forged_one_is_told_with_its_call():
    error = AuthenticationError("the canary was here before")
    event = canary.forged(call("x"), GATEWAY, error, now=NOW, entropy=ENTROPY)
    assert (event.tag, event.outcome, event.agent) == (Tag.CANARY_FAIL, "forged", "sample/support")
    assert event.call == "rpc-delegated-1"
