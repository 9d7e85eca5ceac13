"""Cedar text: every policy is found, placed and named; nothing is lost between two of them."""

import pytest

from clawband.policy.language import parse

GOOD = '@id("a") @because("b") permit (principal, action, resource);'


def problems(text):
    return [str(problem) for problem in parse(text, "x.cedar")[1]]


def test_each_policy_knows_its_place():
    text = f'// one; two\n\n{GOOD}\n  // and "\n' + GOOD.replace('"a"', '"c"') + "\n"
    policies, wrong = parse(text, "x.cedar")
    assert wrong == []
    assert [(policy.id, policy.line) for policy in policies] == [("a", 3), ("c", 5)]
    assert policies[0].text == GOOD
    assert policies[0].effect == "permit"


def test_a_semicolon_in_a_string_or_comment_ends_nothing():
    text = (
        '@id("a") @because("x; \\"y;")\npermit (principal, action, resource)\n'
        '// not; here\nwhen { context.within == ";" };'
    )
    policies, wrong = parse(text, "x.cedar")
    assert (len(policies), wrong) == (1, [])
    assert policies[0].because == 'x; "y;'


def test_a_carriage_return_ends_a_comment_so_no_policy_hides_behind_it():
    hidden = GOOD.replace("permit", "forbid").replace('"a"', '"hidden"')
    policies, wrong = parse(f"// note\r{hidden}\n{GOOD}", "x.cedar")
    assert wrong == []
    assert [policy.id for policy in policies] == ["hidden", "a"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD[:-1], "expected a Cedar policy, got unexpected end of input"),
        ("\npermit (principal, action, resource);", 'x.cedar:2: expected an annotation `@id("…")`'),
        ('@id("a") permit (principal, action, resource);', 'annotation `@because("…")`, got none'),
        (GOOD.replace("@because", "@since"), "expected an annotation `@because"),
        ("@note" + GOOD[3:].replace('("a")', '("a") @id("a")'), "remedy, got `@note`"),
        (GOOD.replace('"a"', '"a b"'), "without spaces"),
        (GOOD.replace('"b"', '"b\\u{202e}"'), "a control character"),
        (GOOD.replace("principal", "principal == ?principal"), "got a template"),
        (GOOD.replace("action", "activity"), "expected a Cedar policy"),
        (GOOD.replace("resource);", "resource) when { context.size > };"), "unexpected token"),
        ('@id("a', "expected a Cedar policy"),
        (f"{GOOD};", "expected"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, said):
    found = problems(text)
    assert len(found) == 1
    assert found[0].startswith("x.cedar:")
    assert said in found[0]


def test_one_wrong_policy_does_not_hide_the_next():
    found = problems("permit (x);\n" + GOOD + "\npermit (y);")
    assert [line.split(" ")[0] for line in found] == ["x.cedar:1:", "x.cedar:3:"]


def test_nothing_is_no_policy():
    assert parse(" // only words\n", "x.cedar") == ([], [])
