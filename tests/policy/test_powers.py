"""What a set lets each agent do, read from the sample's manifests and small ones."""

from pathlib import Path

from clawband.model.access import Action, Requirement
from clawband.openclaw import tools
from clawband.policy.powers import UNNAMED, Act, Terms, powers
from clawband.policy.sets import build
from tests.policy.asking import MANIFEST, policy_set, replaced

SAMPLE = Path("examples/workflows")


def of_desk(*changes):
    return powers(policy_set(replaced(*changes)))["sample/desk"]


def test_without_a_set_nobody_can_do_anything():
    assert powers(None) == {}


def test_acts_and_their_terms():
    desk = of_desk(('role = "approver"', 'role = "approver"\nabove = 5'))
    assert {(act.action, act.resource) for act in desk.acts} == {
        ("message:receive", "telegram"), ("message:send", "telegram"), ("tool:read", "look"),
        ("tool:write", "note"), ("tool:pay", "pay"),
    }  # fmt: skip
    pays = desk.acts[Act(Action.PAY, "pay")]
    assert (pays.approval, pays.above) == (Requirement("approver"), 5)
    assert desk.acts[Act(Action.RECEIVE, "telegram")] == Terms()
    assert desk.workflow == "desk"


def test_who_may_be_asked_for_everything_has_an_act_without_a_name():
    desk = of_desk(("[tools.look]", '[unsure]\nthen = "ask"\nask = "admin"\n[tools.look]'))
    assert desk.acts[Act(UNNAMED, UNNAMED)].approval == Requirement("admin")


def test_the_sample_has_its_agents_and_its_gateway():
    files = {path.name: path.read_text() for path in SAMPLE.glob("*.toml")}
    found = powers(build(files, tools.catalogue()))
    assert set(found) == {
        "sample/assistant", "sample/document", "sample/lead", "sample/support", "sample/(gateway)",
    }  # fmt: skip
    support = found["sample/support"]
    fetch = support.acts[Act(Action.READ, "web_fetch")]
    assert fetch.lists == {"hosts": frozenset({"help.example.com", "status.example.com"})}
    assert len(support.more) == 1 and len(support.duties) == 1
    assert ("touch the system", "`billing`") in support.within


def test_what_tools_lists_say_is_not_said_twice():
    text = MANIFEST.replace('["look"]', '["look", "web_fetch"]')
    text += '\n[hosts]\nweb_fetch = ["a.example"]\n[lists]\nours = ["b.example"]\n'
    said = {what for verb, what in powers(policy_set(text))["sample/desk"].more}
    assert said == {"`b.example`"}
