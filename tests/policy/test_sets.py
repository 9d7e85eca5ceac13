"""Policy sets: accepted whole or refused whole, with a digest of exactly what is in force."""

from dataclasses import replace
from pathlib import Path

import pytest

from clawband.model.access import Action, Deny, Permit, Reason
from clawband.model.errors import InputError
from clawband.openclaw import tools
from clawband.policy.evaluate import evaluate
from clawband.policy.sets import (
    BASELINE,
    CONTAINMENT,
    EGRESS,
    PROVENANCE,
    STATE,
    PolicyError,
    build,
)
from tests.policy.asking import MANIFEST, around, call, policy_set, replaced, request

EXTRA = '@id("own/one") @because("ours") forbid (principal, action, resource);'


def refused(files):
    with pytest.raises(PolicyError) as caught:
        build(files, tools.catalogue())
    return [str(problem) for problem in caught.value.problems]


def bound(active, gateway, agent):
    workflow = active.workflow_of(gateway, agent)
    return workflow.name if workflow else None


def test_the_baseline_is_always_there():
    empty = build({}, {})
    assert {policy.file for policy in empty.policies} == {
        BASELINE,
        PROVENANCE,
        STATE,
        EGRESS,
        CONTAINMENT,
    }
    assert isinstance(evaluate(request(Action.READ, "look"), around(), empty), Deny)


def test_a_cedar_file_adds_to_the_manifests():
    asked = request(Action.READ, "look")
    assert isinstance(evaluate(asked, around(), policy_set()), Permit)
    answer = evaluate(asked, around(), policy_set(own=EXTRA))
    assert answer.reasons == (Reason("own/one", "ours"),)


def test_the_digest_names_exactly_the_texts():
    digests = {
        policy_set().digest,
        policy_set(own=EXTRA).digest,
        policy_set(other=EXTRA).digest,
        policy_set(MANIFEST + "\n").digest,
        build({}, {}).digest,
    }
    assert len(digests) == 5
    assert policy_set().digest == policy_set().digest
    assert policy_set().digest.startswith("sha256:")


def test_agents_are_bound_by_id_or_bare_name():
    active = policy_set()
    assert bound(active, "sample", "desk") == "desk"
    assert active.workflow_of("other", "desk") is None
    bare = policy_set(replaced(('"sample/desk"', '"desk"')))
    assert bound(bare, "other", "desk") == "desk"
    assert active.workflow_of("x", "sample/desk") is None
    assert list(active.workflows) == ["desk"]


@pytest.mark.parametrize(
    ("first", "second"),
    [("sample/desk", "sample/desk"), ("desk", "desk"), ("desk", "sample/desk")],
)
def test_an_agent_has_one_workflow(first, second):
    one = replaced(("sample/desk", first))
    two = replaced(("sample/desk", second), ('name = "desk"', 'name = "other"'))
    found = refused({"one.toml": one, "two.toml": two})
    assert found == [
        f"two.toml:1: expected an agent without a workflow, got `{second}`, "
        "which one.toml binds to `desk`"
    ]


def test_the_same_name_on_two_gateways_is_two_agents():
    two = replaced(("sample/desk", "other/desk"), ('name = "desk"', 'name = "other"'))
    active = build({"one.toml": MANIFEST, "two.toml": two}, tools.catalogue())
    assert bound(active, "other", "desk") == "other"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a\n.toml": MANIFEST}, "'a\\n.toml':1: expected a file name of visible characters"),
        ({"notes.txt": "x"}, "notes.txt:1: expected a file named `*.cedar` or `*.toml`"),
        ({BASELINE: EXTRA}, "expected another file name, got a shipped one"),
        ({"a.cedar": "permit(x)"}, "a.cedar:1: expected a Cedar policy"),
        ({"a.cedar": EXTRA, "b.cedar": f"\n{EXTRA}"},
         "b.cedar:2: expected an id of its own, got `own/one`, which a.cedar:1 has"),
        ({"a.cedar": EXTRA.replace("own/one", "baseline/paused")}, "which library/baseline.cedar"),
        ({"a.cedar": EXTRA.replace("own/", "clawband/")}, "outside `clawband/`"),
        ({"a.cedar": EXTRA.replace(";", " when { context.nope };")},
         "a.cedar:1: `own/one`: attribute `nope`"),
        ({"a.cedar": EXTRA.replace("action,", 'action == Action::"fly",')}, 'Action::"fly"'),
        ({"a.toml": "name ="}, "a.toml:1: expected TOML"),
        ({"a.toml": MANIFEST, "b.toml": MANIFEST}, "b.toml:1: expected a name of its own"),
        ({"a.toml": replaced(('name = "desk"', 'name = "baseline"'))}, "got `baseline`"),
    ],
)  # fmt: skip
def test_a_broken_set_is_refused(files, said):
    assert any(said in problem for problem in refused(files)), refused(files)


def test_all_problems_are_said_at_once():
    files = {"a.cedar": "permit(x)", "b.toml": "x", "c.txt": ""}
    with pytest.raises(InputError) as caught:
        build(files, tools.catalogue())
    assert "the policy set has 3 problems: a.cedar:1" in caught.value.message
    assert "stays in force" in caught.value.remedy


def test_roles_are_offered_only_where_an_approval_can_help():
    active = policy_set()
    assert active.approval_roles(call(active, "pay", {"amount": 1})) == {"approver"}
    assert active.approval_roles(request(Action.RECEIVE, "telegram")) == frozenset()
    assert active.approval_roles(request(Action.INSTALL, "x", agent="")) == {"admin"}
    assert not active.slice_of(request(Action.RECEIVE, "telegram")).mentions_approval


def test_the_documented_examples_are_accepted():
    docs = Path(__file__).resolve().parents[2] / "docs"
    manifests = (docs / "workflows.md").read_text(encoding="utf-8").split("```toml\n")
    cedar = (docs / "policy.md").read_text(encoding="utf-8").split("```cedar\n")
    files = {"digest.toml": manifests[-1], "orders.cedar": cedar[-1]}
    active = build(
        {name: text.partition("```")[0] for name, text in files.items()}, tools.catalogue()
    )
    assert "digest" in active.manifests
    assert "office/large-orders" in {policy.id for policy in active.policies}


def test_the_binding_is_the_sets_own():
    asked = replace(request(Action.READ, "look", agent="stranger"), workflow="desk")
    assert isinstance(evaluate(asked, around(), policy_set()), Deny)
