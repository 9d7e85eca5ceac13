"""What may not follow what."""

import pytest

from clawband.model.access import Action, Deny, Permit
from clawband.policy.evaluate import evaluate
from tests.policy.asking import MANIFEST, around, call, policy_set, replaced, request

SEND = ('effect = "write"', 'effect = "send"\nrecipients = ["to"]')
LIST = ("[tools.look]", '[recipients]\nnote = ["*"]\n[tools.look]')


def with_rule(rule):
    return policy_set(replaced(SEND, LIST) + f"[[after]]\n{rule}\n")


def sends(active, **circumstances):
    asked = call(active, "note", {"to": "ana"})
    return isinstance(evaluate(asked, around(**circumstances), active), Permit)


def test_after_a_tool_something_is_refused():
    active = with_rule('read = "tool:look"\nrefuse = "send"')
    assert sends(active)
    assert sends(active, history=frozenset({"tool:other", "outside"}))
    assert not sends(active, history=frozenset({"tool:look", "outside"}))


def test_after_secrets_nothing_leaves_to_a_new_destination():
    active = with_rule('read = "tag:secret"\nrefuse = ["send", "reply"]\nto = "new destinations"')
    secret, fresh = frozenset({"tag:secret"}), frozenset({"ana"})
    assert sends(active, history=secret)
    assert sends(active, fresh=fresh)
    assert not sends(active, history=secret, fresh=fresh)
    reply = request(Action.SEND_REPLY, "telegram")
    answer = evaluate(reply, around(history=secret, fresh=fresh), active)
    assert isinstance(answer, Deny)
    assert answer.reasons[0].policy == "desk/after-1"
    assert answer.reasons[0].because == (
        "the session has read secret data, after which `desk` may not send or reply to a new "
        "destination"
    )


def test_people_may_lift_it_where_the_rule_says_so():
    rule = 'read = ["outside", "tool:look"]\nrefuse = "send"\n'
    active = with_rule(f'{rule}unless = {{ role = "approver", people = 2 }}')
    outside = frozenset({"outside"})
    assert not sends(active, history=outside)
    assert not sends(active, history=outside, roles=["approver"])
    assert sends(active, history=outside, roles=["approver"], people=2)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ('refuse = "send"', "expected a key `read` in `[after.0]`, got none"),
        ('read = "outside"', "expected a key `refuse`"),
        ('read = []\nrefuse = "send"', "at least one value of `read`"),
        ('read = "tool:drop"\nrefuse = "send"', "a tool of `reads` or `writes`, got `drop`"),
        ('read = "secret"\nrefuse = "send"', "`outside`, `tool:` with a tool, or `tag:` with `sec"),
        ('read = "tag:odd"\nrefuse = "send"', "got `tag:odd`"),
        ('read = "outside"\nrefuse = "unknown"', "`pay` or `configure`, got `unknown`"),
        ('read = "outside"\nrefuse = "send"\nto = "x"', "to be `new destinations`, got `x`"),
        ('read = "outside"\nrefuse = "send"\nunless = { role = "x" }', "got `x`"),
        ('read = "outside"\nrefuse = "send"\nodd = 1', "got `odd`"),
    ],
)
def test_a_wrong_rule_is_refused(rule, said):
    with pytest.raises(Exception, match=".") as caught:
        policy_set(MANIFEST + f"[[after]]\n{rule}\n")
    assert said in str(caught.value)
