"""The lens leaves out exactly what the policies cannot see."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.model.access import Action, ApprovalFact
from clawband.policy.language import parse
from clawband.policy.lens import LONG_MAX, OTHER, READS, Lens, lens
from tests.policy.asking import around, request


def through(*conditions: str) -> Lens:
    text = "".join(
        f'@id("p{number}") @because("b") permit (principal, action, resource) {condition};\n'
        for number, condition in enumerate(conditions)
    )
    policies, wrong = parse(text, "x.cedar")
    assert wrong == []
    return lens(policy.head["conditions"] for policy in policies)


def test_only_what_is_named_is_seen():
    seen = through('when { context.hosts.contains("a") && context.requester.authority == "x" }')
    assert seen == Lens(("requester.authority", "hosts"), ())


def test_a_number_compared_with_literals_is_cut():
    seen = through(
        "when { context.size > 10 && 20 >= context.size }", "unless { context.size == 5 }"
    )
    assert seen == Lens((), (("size", (5, 6, 11, 21)),))


def test_of_a_set_only_what_is_asked_for_is_seen():
    seen = through(
        'when { context.tags.contains("a") && context.tags.containsAny(["b", "c"]) }',
        "when { context.fresh.isEmpty() }",
    )
    assert seen == Lens((), (), (("fresh", frozenset()), ("tags", frozenset("abc"))))
    facts = replace(request(Action.READ, "x").facts, tags=frozenset("cd"))
    known = replace(around(), fresh=frozenset({"b.example", "a.example"}))
    values = seen.look(replace(request(Action.READ, "x"), facts=facts), known)
    assert values == (frozenset({OTHER}), frozenset({"c", OTHER}))


@pytest.mark.parametrize(
    "condition",
    [
        "when { context.tags == context.carries }",
        'when { ["a"].containsAll(context.tags) }',
        "when { context.tags.containsAll(context.carries) }",
    ],
)
def test_a_set_used_otherwise_is_seen_whole(condition):
    seen = through(condition)
    assert "tags" in seen.whole and seen.picked == ()


@pytest.mark.parametrize(
    "condition",
    [
        "when { context.size > context.amount }",
        "when { context.size + 1 > 10 }",
        "when { [1, 2].contains(context.size) }",
        "when { context.size > 10 && context.size * 2 < 99 }",
    ],
)
def test_a_number_used_otherwise_is_seen_whole(condition):
    seen = through(condition)
    assert "size" in seen.whole
    assert "size" not in dict(seen.cut)


@pytest.mark.parametrize(
    "condition",
    [
        "when { context == context }",
        "when { {Var: context} == {Var: context} }",
        "when { [context].contains(context) }",
        "when { context has elsewhere }",
        "when { (if true then context else context).unsure }",
    ],
)
def test_who_looks_at_the_context_as_a_whole_sees_everything(condition):
    assert through(condition).whole == tuple(READS)


def test_a_requester_as_a_whole_is_all_of_it():
    seen = through('when { context.requester == {id: "a", channel: "b", authority: "c"} }')
    assert seen.whole == ("requester.id", "requester.channel", "requester.authority")


def test_record_keys_are_not_syntax():
    seen = through('when { {"Value": context.unsure, ".": 1, "Var": 2} has Value }')
    assert seen.whole == ("unsure",)


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": int.__lt__, "<=": int.__le__, ">": int.__gt__, ">=": int.__ge__, "==": int.__eq__,
    "!=": int.__ne__,
}  # fmt: skip


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">=", "==", "!="])
@given(literal=st.integers(-5, 5), value=st.integers(-7, 7))
def test_a_cut_number_compares_like_the_number(operator, literal, value):
    python = OPERATORS[operator]
    asked = request(Action.READ, "x", amount=value)
    for condition, expected in (
        (f"when {{ context.amount {operator} {literal} }}", python(value, literal)),
        (f"when {{ {literal} {operator} context.amount }}", python(literal, value)),
    ):
        seen = through(condition)
        (simpler,) = seen.look(asked, around())
        left, right = (simpler, literal) if condition.startswith("when { context") else (
            literal, simpler)  # fmt: skip
        assert python(left, right) == expected


def test_the_context_is_whole_and_neutral():
    seen = through("when { context.unsure }")
    context = json.loads(seen.context(seen.look(request(Action.READ, "x", hosts=["h"]), around())))
    assert context["hosts"] == []
    assert context["requester"] == {"id": "", "channel": "", "authority": ""}
    assert "approval" not in context
    assert {name.partition(".")[0] for name in READS} - {"approval"} == set(context)


def test_an_approval_is_passed_on():
    seen = through("when { context has approval && context.approval.people > 1 }")
    values = seen.look(request(Action.READ, "x"), around(roles=["b", "a"], people=2, assurance=3))
    assert values == (ApprovalFact(frozenset({"a", "b"}), 2, 3),)
    approval = json.loads(seen.context(values))["approval"]
    assert approval == {"roles": ["a", "b"], "people": 2, "assurance": 3}


def test_a_number_beyond_64_bits_is_as_large_as_can_be():
    seen = through("when { context.size > context.amount }")
    values = seen.look(request(Action.READ, "x", size=2**70, amount=-(2**70)), around())
    assert values == (-(2**63), LONG_MAX)
