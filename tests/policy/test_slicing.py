"""A slice answers what the whole set would answer."""

from dataclasses import replace

import cedarpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.model.access import Action, Principal, Resource, ResourceKind
from clawband.policy.engine import Question, ask
from clawband.policy.language import parse
from clawband.policy.slicing import Index, Scope, slice_of
from tests.policy.asking import around, policy_set, request

AGENTS = ("sample/desk", "sample/lead", "other/desk")
WORKFLOWS = ("desk", "lead", "")
TOOLS = ("look", "note", "other")

PRINCIPALS = st.sampled_from(
    ["principal", "principal is Agent"]
    + [f'principal == Agent::"{agent}"' for agent in AGENTS]
    + [f'principal in Agent::"{agent}"' for agent in AGENTS]
    + [f'principal in Workflow::"{name}"' for name in WORKFLOWS]
    + [f'principal is Agent in Workflow::"{name}"' for name in WORKFLOWS]
)
ACTIONS = st.one_of(
    st.just("action"),
    st.sampled_from([f'action == Action::"{action}"' for action in Action]),
    st.sampled_from([f'action in Action::"{group}"' for group in ("any", "tool", *Action)]),
    st.lists(st.sampled_from(["tool", *Action]), min_size=1, max_size=3).map(
        lambda names: "action in [" + ", ".join(f'Action::"{name}"' for name in names) + "]"
    ),
)
RESOURCES = st.sampled_from(
    ["resource", "resource is Tool", "resource is Channel", "resource is Plugin"]
    + [f'resource == Tool::"{tool}"' for tool in TOOLS]
    + [f'resource in Tool::"{tool}"' for tool in TOOLS]
    + ['resource == Channel::"telegram"', 'resource is Tool in Tool::"look"']
)
CONDITIONS = st.sampled_from(
    [
        "",
        "when { context.unsure }",
        "when { context.size > 10 }",
        'unless { context.hosts.contains("a") }',
        'when { context has approval && context.approval.roles.contains("admin") }',
        "when { context.integrity < context.confidentiality }",
        'when { [Tool::"look"].contains(resource) }',
        'when { principal.environment == "dev" }',
        # Cannot be validated, and errors when it is reached: slices must err alike.
        "when { context.nowhere }",
        "when { 9223372036854775807 + context.size > 0 }",
    ]
)


@st.composite
def policy_texts(draw):
    count = draw(st.integers(1, 6))
    return "\n".join(
        f'@id("p{number}") @because("b") {draw(st.sampled_from(["permit", "forbid"]))} '
        f"({draw(PRINCIPALS)}, {draw(ACTIONS)}, {draw(RESOURCES)}) {draw(CONDITIONS)};"
        for number in range(count)
    )


@st.composite
def questions(draw):
    action = draw(st.sampled_from(Action))
    name = draw(st.sampled_from([*TOOLS, "telegram", "unheard of"]))
    asked = request(
        action,
        name,
        size=draw(st.sampled_from([0, 10, 11])),
        unsure=draw(st.booleans()),
        hosts=draw(st.sampled_from([[], ["a"], ["a", "b"]])),
    )
    circumstances = around(
        roles=draw(st.sampled_from([(), ("admin",), ("viewer",)])),
        integrity=draw(st.sampled_from([0, 1, 2])),
        confidentiality=draw(st.sampled_from([0, 1, 2])),
    )
    gateway, _, agent = draw(st.sampled_from(AGENTS)).partition("/")
    scope = Scope(draw(st.sampled_from(WORKFLOWS)), Principal(gateway, agent), action,
                  asked.resource)  # fmt: skip
    return asked, circumstances, scope


def outcome(cut, asked, circumstances, scope):
    answer = ask(Question(scope, "dev", cut, cut.lens.look(asked, circumstances)))
    named = {reason.policy for reason in answer.reasons}
    return type(answer).__name__, "clawband/evaluation-error" in named


@given(policy_texts(), questions())
def test_a_slice_answers_like_the_whole_set(text, question):
    policies, wrong = parse(text, "x.cedar")
    assert wrong == []
    asked, circumstances, scope = question
    whole = slice_of({policy.id: policy for policy in policies})
    cut = Index(policies).of(scope)
    assert outcome(cut, asked, circumstances, scope) == outcome(whole, asked, circumstances, scope)


def test_a_scope_that_is_not_understood_stays_in():
    policies, _ = parse('@id("p") @because("b") forbid (principal, action, resource);', "x.cedar")
    odd = {**policies[0].head, "principal": {"op": "near", "entity": {"type": "T", "id": "x"}}}
    strange = replace(policies[0], head=odd)
    scope = Scope("w", Principal("g", "a"), Action.READ, Resource(ResourceKind.TOOL, "t"))
    with pytest.raises(ValueError, match="policy set"):
        # It is kept, so the engine sees it, and refuses what it does not understand either.
        Index([strange]).of(scope)


def test_names_that_no_policy_mentions_share_a_slice():
    active = policy_set()
    one, two = (active.slice_of(request(Action.READ, name)) for name in ("first", "second"))
    assert one is two
    assert one is not active.slice_of(request(Action.READ, "look"))
    assert "desk/read-look" in active.slice_of(request(Action.READ, "look")).policies


@pytest.mark.parametrize(
    ("condition", "roles"),
    [
        ('when { context has approval && context.approval.roles.contains("a") }', {"a"}),
        ('when { context has approval && context.approval.roles.containsAny(["a", "b"]) }', "ab"),
        ('unless { context has approval && ["a"].containsAll(context.approval.roles) }', {"a"}),
        ('when { context has approval && context.approval.roles == ["a"] }', {"a"}),
        ("when { context has approval && context.approval.people > 1 }", {"approver"}),
        ('when { context.hosts.contains("a") }', set()),
        ('when { {roles: ["a"]}.roles.contains("b") }', set()),
    ],
)
def test_roles_are_read_off_the_conditions(condition, roles):
    text = f'@id("p") @because("b") permit (principal, action, resource) {condition};'
    policies, _ = parse(text, "x.cedar")
    cut = slice_of({policy.id: policy for policy in policies})
    assert cut.roles == set(roles)
    assert cut.mentions_approval == ("context has approval" in condition)


def test_a_slice_is_what_the_engine_is_given():
    cut = policy_set().slice_of(request(Action.PAY, "pay"))
    assert isinstance(cut.handle, cedarpy.PolicySet)
    assert len(cut.handle) == len(cut.policies)
