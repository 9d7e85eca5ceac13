"""What a set can permit at most: nothing is hidden, and what never happens is left out."""

from clawband.model.access import Action
from clawband.policy.grants import ANY, granted
from tests.policy.asking import policy_set, replaced


def found(active, workflow="desk"):
    return {
        (str(each.action), each.resource): each for each in granted(active)
        if each.workflow == workflow
    }  # fmt: skip


def test_every_tool_of_a_manifest_with_the_approval_it_needs():
    grants = found(policy_set())
    assert {("tool:read", "look"), ("tool:write", "note"), ("tool:pay", "pay")} <= set(grants)
    assert ("tool:delete", "drop") not in grants, "declared, but not granted"
    assert grants["tool:pay", "pay"].roles == {"approver"}
    assert grants["tool:write", "note"].roles == frozenset()
    assert grants["tool:pay", "pay"].policy.id == "desk/approve-pay"


def test_whoever_may_do_anything_with_an_approval_is_broad():
    manifest = replaced(
        ('replies = "allow"', 'replies = "allow"\nunsure = {then = "ask", ask = "admin"}')
    )
    grants = found(policy_set(manifest))
    assert grants["tool:execute", ANY].roles == {"admin"}
    assert grants["tool:execute", ANY].broad == "any tool"


def test_a_list_of_anything_is_broad():
    lists = '[recipients]\nnote = ["*"]\n[hosts]\nnote = ["one.example"]'
    manifest = replaced(
        ('effect = "write"', 'effect = "send"\nrecipients = ["to"]\nhosts = ["url"]'),
        ("[[approvals]]", f"{lists}\n[[approvals]]"),
    )
    assert found(policy_set(manifest))["tool:send", "note"].broad == "any recipient"


def test_a_permit_written_by_hand_counts_for_everybody_it_names():
    text = (
        '@id("all") @because("b") permit (principal, action == Action::"tool:delete", resource);'
        '@id("one") @because("b") permit (principal == Agent::"sample/desk",'
        ' action in Action::"tool", resource == Tool::"x");'
    )
    every = [each for each in granted(policy_set(more=text)) if each.policy.id in ("all", "one")]
    all_, *one = every
    assert (all_.workflow, all_.agent, all_.action, all_.resource) == ("", "", Action.DELETE, ANY)
    assert {each.agent for each in one} == {"sample/desk"}
    assert {each.resource for each in one} == {"x"}
    assert Action.EXECUTE in {each.action for each in one}


def test_what_a_forbid_refuses_to_everybody_is_no_power():
    text = '@id("all") @because("b") permit (principal, action in Action::"tool", resource);'
    actions = {each.action for each in granted(policy_set(more=text)) if each.policy.id == "all"}
    assert Action.UNKNOWN not in actions and Action.PAY in actions
    configure = next(
        each for each in granted(policy_set(more=text)) if each.action is Action.CONFIGURE
    )
    assert configure.roles == {"admin"}, "the shipped forbid wants an approval"
