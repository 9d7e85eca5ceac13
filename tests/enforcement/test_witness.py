"""The second witness: what a model called beside what the guard was asked about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clawband.enforcement.witness import KEPT, MOST, WAIT, Call, Doubt, Watch, plain, runnable

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LATE = NOW + WAIT + timedelta(seconds=1)
MADE = Call(
    gateway="shop", agent="shop/desk", session="s", run="r", trace="t", id="call_1", tool="pay",
    at=NOW, cause="dec_model",
)  # fmt: skip


def made(**changes):
    return replace(MADE, **changes)


def asked(verdict="permit", **changes):
    return replace(MADE, verdict=verdict, decision="dec_1", **changes)


def watching(*calls):
    watch = Watch()
    watch.model_asked("shop", "r")
    for call in calls or (made(),):
        watch.made(call)
    return watch


def test_a_call_that_was_asked_about_is_no_doubt():
    watch = watching()
    assert watch.asked(asked(), "call_1") is None
    assert not [*watch.shown("shop", "r", "t", [("call1", "done")]), *watch.due(LATE)]


def test_a_call_that_nobody_asked_about_in_time_is_one_doubt():
    watch = watching()
    assert list(watch.due(NOW + WAIT)) == []
    ((call, doubt),) = watch.due(LATE)
    assert (call.id, doubt, doubt.acted) == ("call_1", Doubt.UNASKED, False)
    assert list(watch.due(LATE)) == []


def test_a_result_of_it_says_that_it_was_carried_out():
    watch = watching()
    ((call, doubt),) = watch.shown("shop", "r", "t", [("other", "x"), ("call1", "paid")])
    assert (call.tool, doubt, doubt.acted) == ("pay", Doubt.ACTED, True)
    assert not [*watch.shown("shop", "r", "t", [("call1", "paid")]), *watch.due(LATE)]


def test_a_wrapper_is_asked_about_by_the_call_inside_it():
    watch = watching(made(tool="tool_call"))
    inner = asked(id="tool_search_code:call_1:pay:1")
    assert watch.asked(inner, "call_1") is None
    assert list(watch.due(LATE)) == []


def test_what_the_gateway_cannot_run_is_not_asked_about():
    watch = watching(made(runnable=False))
    for text in ("Tool pay not found", 'Validation failed for tool "pay"'):
        assert not [*watch.shown("shop", "r", "t", [("call1", text)]), *watch.due(LATE)]


def test_a_call_that_is_said_to_be_invalid_is_a_doubt_and_no_act():
    watch = watching()
    ((_, doubt),) = watch.shown("shop", "r", "t", [("call1", 'Validation failed for tool "pay"')])
    assert doubt is Doubt.INVALID and not doubt.acted


def test_a_refused_call_must_have_a_result_that_says_so():
    for text, doubts in (
        ("no policy permits it (dec_1)", []), ("blocked by clawband", []), ("paid", [True]),
    ):  # fmt: skip
        watch = watching()
        watch.asked(asked("deny"), "call_1")
        found = list(watch.shown("shop", "r", "t", [("call1", text)]))
        assert [doubt.acted for _, doubt in found] == doubts


def test_a_call_that_no_model_made_is_a_doubt_where_models_are_heard():
    watch = watching()
    assert watch.asked(asked(id="call_9"), "call_9") is Doubt.UNSEEN
    assert watch.asked(asked(id="call_9", run="elsewhere"), "call_9") is None
    assert watch.asked(asked(id="call_9", gateway="other"), "call_9") is None
    assert watch.asked(asked(id="call_9", run=""), "call_9") is None


def test_the_same_id_in_another_run_is_another_call():
    watch = watching(made(), made(run="r2"))
    watch.asked(asked(run="r2"), "call_1")
    assert [call.run for call, _ in watch.due(LATE)] == ["r"]


def test_outside_of_runs_a_trace_joins():
    watch = watching(made(run=""))
    assert [doubt for _, doubt in watch.shown("shop", "", "t", [("call1", "x")])] == [Doubt.ACTED]
    watch = watching(made(run=""))
    assert watch.asked(asked(), "call_1") is None


def test_old_calls_are_forgotten_and_there_are_never_too_many():
    watch = watching()
    list(watch.due(NOW + KEPT + timedelta(seconds=1)))
    assert watch.calls() == ()
    watch = watching(*(made(id=f"call{n}") for n in range(MOST + 5)))
    assert len(watch.calls()) == MOST and watch.calls("other") == ()


@pytest.mark.parametrize(
    ("tool", "arguments", "good"),
    [
        ("pay", '{"to": "x"}', True), ("pay", '{"to": null, "n": 1}', True), ("pay", "{}", False),
        ("pay", "", False), ("pay", "[1]", False), ("pay", "{", False), ("other", "{}", False),
        ("free", "", True), ("odd", "{}", True), ("pay", "[" * 100_000, False),
    ],
)  # fmt: skip
def test_what_a_gateway_would_run(tool, arguments, good):
    offered = {"pay": {"required": ["to"]}, "free": {}, "odd": {"required": 5}}
    assert runnable(tool, arguments, offered) is good


def test_ids_are_compared_as_the_model_is_told_them():
    assert plain("call_1-a") == plain("call1a") == "call1a"
    assert plain("--") == "--"
