"""The engine call: whatever is not a clean Allow denies, and answers are remembered safely."""

import pytest

from clawband.model.access import Action, Deny, Permit, Principal, Resource, ResourceKind
from clawband.policy.engine import Engine, Question, ask, entities
from clawband.policy.language import parse
from clawband.policy.slicing import Scope, slice_of
from tests.policy.asking import around, request

PERMIT = '@id("yes") @because("it may") permit (principal, action, resource);'
SCOPE = Scope("w", Principal("g", "a"), Action.READ, Resource(ResourceKind.TOOL, "look"))


def question(text, scope=SCOPE, environment="dev", **facts):
    facts = {name: frozenset(value) if isinstance(value, list) else value
             for name, value in facts.items()}  # fmt: skip
    policies, wrong = parse(text, "x.cedar")
    assert wrong == []
    cut = slice_of({policy.id: policy for policy in policies})
    return Question(scope, environment, cut, cut.lens.look(request(scope.action, "look", **facts),
                                                           around()))  # fmt: skip


def test_an_allow_names_its_policies():
    answer = ask(question(PERMIT))
    assert isinstance(answer, Permit)
    assert [(reason.policy, reason.because) for reason in answer.reasons] == [("yes", "it may")]


@pytest.mark.parametrize(
    "broken",
    [
        "when { context.nowhere }",
        "when { context.nowhere.at.all }",
        "when { context.size + 9223372036854775807 > 0 }",
        "when { context.approval.people > 1 }",
        "when { 1 }",
    ],
)
@pytest.mark.parametrize("effect", ["forbid", "permit"])
def test_an_erring_policy_denies_whatever_the_others_say(broken, effect):
    text = f'{PERMIT}\n@id("e") @because("x") {effect} (principal, action, resource) {broken};'
    answer = ask(question(text, size=1))
    assert isinstance(answer, Deny)
    assert answer.reasons[0].policy == "clawband/evaluation-error"


def test_a_request_outside_the_schema_denies():
    wrong_kind = Scope("w", Principal("g", "a"), Action.READ, Resource(ResourceKind.CHANNEL, "c"))
    answer = ask(question(PERMIT, wrong_kind))
    assert isinstance(answer, Deny)
    assert answer.reasons[0].policy == "clawband/evaluation-error"


def test_no_policy_denies():
    answer = ask(question(""))
    assert isinstance(answer, Deny)
    assert answer.reasons[0].policy == "clawband/default-deny"


def test_the_agent_carries_environment_gateway_and_workflow():
    text = PERMIT.replace(
        ";", ' when { principal in Workflow::"w" && principal.environment == "dev" '
        '&& principal.gateway == "g" };'
    )  # fmt: skip
    assert isinstance(ask(question(text)), Permit)
    assert isinstance(ask(question(text, environment="prod")), Deny)
    assert len(entities(SCOPE.principal, "dev", "")) > 0


def test_an_identical_question_is_answered_from_memory():
    engine, first = Engine(), question(PERMIT)
    again = Question(first.scope, first.environment, first.cut, first.values)
    assert engine.answer(first) is engine.answer(again)


def test_a_question_that_names_much_is_not_remembered():
    text = PERMIT.replace(";", ' when { !context.hosts.contains("x") };')
    many = question(text, hosts=[f"h{number}.example" for number in range(9)])
    few = question(text, hosts=["h.example"])
    engine = Engine()
    assert isinstance(engine.answer(many), Permit)
    assert isinstance(engine.answer(few), Permit)
    assert engine.remembered.cache_info().currsize == 1


def test_the_same_words_under_another_set_are_another_question():
    engine = Engine()
    assert isinstance(engine.answer(question(PERMIT)), Permit)
    assert isinstance(engine.answer(question("")), Deny)
