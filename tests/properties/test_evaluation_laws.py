"""The laws of evaluation: whatever the policies, it can only fail towards no."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clawband.model.access import Action, ApprovalFact, Circumstances, Deny, Permit
from clawband.model.deployment import Workflow
from clawband.policy.engine import Engine
from clawband.policy.evaluate import evaluate
from clawband.policy.language import parse
from clawband.policy.sets import PolicySet
from clawband.policy.slicing import Index
from tests.policy.asking import around, policy_set, replaced, request

BASE = policy_set()
"""A valid set; the laws are tried on it with other policies in its place, also invalid ones."""

SOUND = (
    "",
    "when { context.unsure }",
    "unless { context.unsure }",
    "when { context.size > 10 }",
    "when { context.size >= 10 && context.run_calls < 3 }",
    "when { context.amount != 7 }",
    "when { context.integrity < 1 }",
    "when { context.integrity < context.confidentiality }",
    "when { !context.paused.isEmpty() }",
    'when { context.hosts.contains("a.example") }',
    'when { ["a.example"].containsAll(context.hosts) }',
    'when { context.within like "notes/*" }',
    'when { context.folders.contains("notes/") }',
    'when { context.requester.authority == "owner" }',
    'when { context.requester.id like "telegram:*" }',
    "when { context has approval }",
    'when { context has approval && context.approval.roles.contains("admin") }',
    "unless { context has approval && context.approval.people >= 2 }",
    'when { [Tool::"look"].contains(resource) }',
    'when { principal.environment == "dev" }',
)
BROKEN = (
    "when { context.nowhere }",
    "when { context.approval.people > 1 }",
    "when { context.size + 9223372036854775807 > 0 }",
    "when { context.size }",
    "when { context.unsure && context.nowhere }",
)
SCOPES = (
    "principal, action, resource",
    'principal in Workflow::"desk", action, resource',
    'principal, action in Action::"tool", resource',
    'principal, action == Action::"tool:read", resource == Tool::"look"',
    'principal in Workflow::"other", action, resource',
)


def written(effect, conditions, prefix):
    clause = st.tuples(st.just(effect), st.sampled_from(SCOPES), st.sampled_from(conditions))
    return st.lists(clause, max_size=4).map(
        lambda clauses: "\n".join(
            f'@id("{prefix}{number}") @because("b") {kind} ({scope}) {condition};'
            for number, (kind, scope, condition) in enumerate(clauses)
        )
    )


PERMITS = written("permit", SOUND, "p")
FORBIDS = written("forbid", SOUND, "f")
FACTS = st.none() | st.builds(
    ApprovalFact,
    st.frozensets(st.sampled_from(["admin", "approver", "viewer"]), max_size=2),
    st.integers(0, 3),
    st.integers(0, 3),
)
REQUESTS = st.builds(
    lambda action, name, facts: request(action, name, **facts),
    st.sampled_from(Action),
    st.sampled_from(["look", "note", "telegram", "elsewhere"]),
    st.fixed_dictionaries(
        {
            "hosts": st.sampled_from([[], ["a.example"], ["a.example", "b.example"], ["?"]]),
            "paths": st.sampled_from([[], ["notes/a"], ["notes/a", "b"], ["/etc/passwd"]]),
            "size": st.sampled_from([0, 9, 10, 11, 2**70]),
            "amount": st.sampled_from([0, 6, 7, 8, -(2**70)]),
            "unsure": st.booleans(),
        }
    ),
)
CIRCUMSTANCES = st.builds(
    lambda approval, **rest: replace(around(**rest), approval=approval),
    approval=FACTS,
    integrity=st.integers(0, 2),
    confidentiality=st.integers(0, 3),
    paused=st.sampled_from([frozenset(), frozenset({"tool:look"})]),
    run_calls=st.integers(0, 4),
)


def holding(text: str) -> PolicySet:
    """The base set with these policies instead of its own, past validation."""
    policies, wrong = parse(text, "law.cedar")
    assert wrong == []
    return replace(BASE, policies=tuple(policies), index=Index(policies), engine=Engine())


def permitted(text: str, asked, circumstances: Circumstances) -> bool:
    return isinstance(evaluate(asked, circumstances, holding(text)), Permit)


@given(PERMITS, FORBIDS, written("forbid", BROKEN, "e"), REQUESTS, CIRCUMSTANCES)
def test_an_error_is_a_denial(permits, forbids, broken, asked, circumstances):
    """Cedar skips a policy that errors; here the whole decision is a denial, or unaffected."""
    answer = evaluate(asked, circumstances, holding(f"{permits}\n{forbids}\n{broken}"))
    reached = [
        line
        for line in broken.splitlines()
        if "when { context.nowhere }" in line and f"({SCOPES[0]})" in line
    ]
    if reached:
        assert isinstance(answer, Deny)
        assert answer.reasons[0].policy == "clawband/evaluation-error"
    if isinstance(answer, Permit):
        assert permitted(f"{permits}\n{forbids}", asked, circumstances)


@pytest.mark.parametrize("condition", BROKEN)
def test_the_skipped_forbid_denies(condition):
    text = (
        '@id("p") @because("b") permit (principal, action, resource);\n'
        f'@id("e") @because("b") forbid (principal, action, resource) {condition};'
    )
    asked = request(Action.READ, "look", size=1, unsure=True)
    answer = evaluate(asked, around(), holding(text))
    assert isinstance(answer, Deny)
    assert answer.reasons[0].policy == "clawband/evaluation-error"


@given(PERMITS, FORBIDS, REQUESTS, CIRCUMSTANCES, FACTS)
def test_a_forbid_that_does_not_mention_approval_is_never_lifted(
    permits, forbids, asked, circumstances, fact
):
    plain = "\n".join(line for line in forbids.splitlines() if "approval" not in line)
    answer = evaluate(asked, circumstances, holding(f"{permits}\n{plain}"))
    if isinstance(answer, Deny) and answer.reasons[0].policy.startswith("f"):
        lifted = replace(circumstances, approval=fact)
        again = evaluate(asked, lifted, holding(f"{permits}\n{plain}"))
        assert isinstance(again, Deny)
        assert again.reasons == answer.reasons


@given(PERMITS, FORBIDS, written("forbid", SOUND + BROKEN, "g"), REQUESTS, CIRCUMSTANCES)
def test_another_forbid_never_turns_a_denial_into_a_permit(
    permits, forbids, more, asked, circumstances
):
    if not permitted(f"{permits}\n{forbids}", asked, circumstances):
        assert not permitted(f"{permits}\n{forbids}\n{more}", asked, circumstances)


@given(REQUESTS, CIRCUMSTANCES)
def test_nothing_active_permits_nothing(asked, circumstances):
    assert isinstance(evaluate(asked, circumstances, None), Deny)
    assert isinstance(evaluate(asked, circumstances, holding("")), Deny)


@given(REQUESTS, CIRCUMSTANCES, st.lists(st.sampled_from(["look", "note"]), max_size=2))
@settings(max_examples=50)
def test_an_unknown_tool_is_denied_whatever_else_is_permitted(asked, circumstances, names):
    everything = (
        "".join(
            f'@id("o/{place}") @because("b") '
            f'permit (principal, action, resource == Tool::"{name}");\n'
            for place, name in enumerate([*names, "elsewhere"])
        )
        + '@id("o/all") @because("b") permit (principal, action, resource);'
    )
    active = policy_set(replaced(('replies = "allow"', 'requesters = "anyone"')), o=everything)
    unknown = replace(asked, action=Action.UNKNOWN, resource=request(Action.READ, "x").resource)
    answer = evaluate(unknown, circumstances, active)
    assert isinstance(answer, Deny)
    assert "baseline/unknown-tool" in {reason.policy for reason in answer.reasons}


@given(PERMITS, FORBIDS, st.lists(st.tuples(REQUESTS, CIRCUMSTANCES), min_size=2, max_size=6))
def test_memory_answers_like_a_fresh_set(permits, forbids, stream):
    """Also the law of the lens: what it takes for the same question has the same answer."""
    text = f"{permits}\n{forbids}"
    remembering = holding(text)
    for asked, circumstances in [*stream, *stream]:
        seen = evaluate(asked, circumstances, remembering)
        assert seen == evaluate(asked, circumstances, holding(text))
        assert isinstance(seen, Permit) == permitted(f"{text}\n{EVERYTHING}", asked, circumstances)


# Looks at the context as a whole and changes nothing, so that nothing is left out or cut.
EVERYTHING = (
    '@id("z") @because("b") forbid (principal, action, resource) when { context != context };'
)


def test_the_base_is_bound():
    assert isinstance(BASE.workflow_of("sample", "desk"), Workflow)
