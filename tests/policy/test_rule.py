"""One policy's text."""

from clawband.model.access import Action, Requirement
from clawband.policy.rule import Rule, approved, by_whom, only, quote, quoted
from clawband.policy.schema import TOOL


def test_who_is_said_in_words():
    assert by_whom(Requirement("approver")) == "an approval by an approver"
    assert by_whom(Requirement("builder", 2, 3)) == (
        "an approval by 2 people with the role builder at assurance 3"
    )
    assert "people >= 2 && context.approval.assurance >= 3" in approved(Requirement("x", 2, 3))


def test_texts_stay_texts():
    assert quote('a"b\\c') == '"a\\"b\\\\c"'
    assert quoted(["a", "b"]) == '["a", "b"]'
    assert quoted([]) == "[]"


def test_nothing_but_these():
    assert only("hosts", ["a"]) == '["a"].containsAll(context.hosts)'
    assert only("hosts", []) == "context.hosts.isEmpty()"


def test_a_rule_is_one_policy():
    rule = Rule(
        "x", "forbid", (Action.SEND, Action.PAY), "resource", because="b", remedy="r", when="w",
        unless="u",
    )  # fmt: skip
    assert rule.cedar("desk") == (
        '@id("desk/x")\n@because("b")\n@remedy("r")\n'
        'forbid (principal in Workflow::"desk", '
        'action in [Action::"tool:send", Action::"tool:pay"], resource)\n'
        "when { w }\nunless { u };\n"
    )


def test_one_action_is_compared_and_a_group_is_looked_into():
    def action(*actions: str) -> str:
        return Rule("x", "permit", actions, "resource", because="b").cedar("d").splitlines()[2]

    assert 'action == Action::"tool:pay"' in action(Action.PAY)
    assert 'action in Action::"tool"' in action(TOOL)
    assert ", action, " in action()
