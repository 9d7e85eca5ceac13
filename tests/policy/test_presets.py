"""The narrow action sets, which nobody can widen by accident."""

from pathlib import Path

import pytest

from clawband.openclaw import tools
from clawband.policy.manifest import parse
from clawband.policy.presets import PRESETS

HEAD = """\
name = "narrow"
owner = "o"
purpose = "p"
environment = "dev"
agents = ["sample/narrow"]
"""
TOOLS = """
[tools.tell]
effect = "send"
[tools.label]
effect = "write"
system = "crm"
[tools.stamp]
effect = "write"
system = "crm"
[tools.drop]
effect = "delete"
"""


def read(preset, body="", places=""):
    text = f'{HEAD}actions = "{preset}"\n{body}\n{places}{TOOLS}'
    return parse(text, "narrow.toml", tools.catalogue())


READ = '[paths]\nread = ["./"]\n'


def test_summarise_only_reads_and_replies():
    manifest, problems = read("summarise-only", "", READ)
    assert problems == []
    assert (manifest.workflow.reads, manifest.workflow.writes) == (("read",), ())
    assert manifest.replies == "allow"


def test_classify_only_writes_down_one_class():
    manifest, problems = read("classify-only", 'writes = ["label"]\nsystems = ["crm"]', READ)
    assert problems == []
    assert manifest.workflow.writes == ("label",)


def test_notify_only_sends():
    manifest, problems = read("notify-only", 'writes = ["tell"]')
    assert problems == []
    assert (manifest.workflow.reads, manifest.replies) == ((), "refuse")


def test_update_one_system_writes_there():
    _, problems = read("update-one-system", 'writes = ["label", "stamp"]\nsystems = ["crm"]')
    assert problems == []


@pytest.mark.parametrize(
    ("preset", "body", "places", "said"),
    [
        ("summarise-only", 'writes = ["tell"]', READ, "expected only reading under `summ"),
        ("classify-only", 'writes = ["tell"]', READ, "got `tell`, whose effect is `send`"),
        ("classify-only", 'writes = ["label", "stamp"]\nsystems = ["crm"]', READ,
         "expected at most 1 of `writes` under `classify-only`, got 2"),
        ("notify-only", 'writes = ["label"]\nsystems = ["crm"]', "", "expected only sending"),
        ("notify-only", 'writes = ["drop"]', "", "whose effect is `delete`"),
        ("update-one-system", 'writes = ["drop"]', "", "expected only writing"),
        ("update-one-system", 'writes = ["label"]\nsystems = ["crm", "erp"]', "",
         "expected at most 1 of `systems` under `update-one-system`, got 2"),
        ("everything", "", "", "`update-one-system`, got `everything`"),
    ],
)  # fmt: skip
def test_a_wider_manifest_is_refused(preset, body, places, said):
    manifest, problems = read(preset, body, places)
    assert manifest is None
    assert any(said in problem.message for problem in problems), problems


def test_each_preset_is_documented():
    text = (Path(__file__).parents[2] / "docs" / "workflows.md").read_text(encoding="utf-8")
    assert [name for name in PRESETS if name != "any" and f"`{name}`" not in text] == []


DESK = """\
name = "desk"
owner = "o"
purpose = "p"
environment = "dev"
agents = ["sample/desk"]
channels = ["telegram"]
writes = ["pay", "drop", "tell", "note"]

[tools.pay]
effect = "pay"
amount = "amount"
[tools.drop]
effect = "delete"
[tools.tell]
effect = "send"
amount = "worth"
[tools.note]
effect = "write"
"""


def approving(said, head=DESK):
    return parse(f"{head}\n[[approvals]]\n{said}\n", "desk.toml", tools.catalogue())


OF_A_KIND = {
    "payment": ('tool = "pay"\nabove = 5000', ("approver", 1, 1, 5000)),
    "deletion": ('tool = "drop"', ("approver", 1, 1, None)),
    "bulk-deletion": ('tool = "drop"', ("approver", 2, 1, None)),
    "contract": ('tool = "tell"\nrole = "admin"', ("admin", 1, 2, None)),
    "access-change": ('tool = "note"\npeople = 2', ("approver", 2, 2, None)),
    "access-grant": ('tool = "tell"', ("approver", 2, 2, None)),
    "routing": ('tool = "note"\nassurance = 2', ("approver", 2, 2, None)),
    "high-value-lead": ('tool = "tell"\nabove = 100000', ("approver", 1, 1, 100_000)),
}


@pytest.mark.parametrize("kind", OF_A_KIND)
def test_a_kind_says_who_must_agree(kind):
    said, wanted = OF_A_KIND[kind]
    manifest, problems = approving(f'kind = "{kind}"\n{said}')
    assert problems == []
    (found,) = manifest.approvals.values()
    needed = found.requirement
    assert (needed.role, needed.people, needed.assurance, found.above) == wanted


def test_a_sensitive_reply_is_a_kind_for_replies():
    head = f'{DESK.partition("[tools")[0]}replies = "approve"\n[tools{DESK.partition("[tools")[2]}'
    manifest, problems = approving('kind = "sensitive-reply"\nreplies = true', head)
    assert problems == [] and manifest.reply_approval.role == "approver"
    assert approving('kind = "payment"\nreplies = true', head)[1]


WEAKER = {
    "no such kind": 'kind = "gift"\ntool = "pay"\nrole = "approver"',
    "fewer people": 'kind = "bulk-deletion"\ntool = "drop"\npeople = 1',
    "a weaker sign-in": 'kind = "contract"\ntool = "tell"\nassurance = 1',
    "somebody else": 'kind = "payment"\ntool = "pay"\nrole = "viewer"',
    "small ones free": 'kind = "deletion"\ntool = "drop"\nabove = 5',
    "one alone": 'kind = "access-grant"\ntool = "tell"\npeople = 1',
    "no change": 'kind = "routing"\ntool = "tell"',
    "another effect": 'kind = "payment"\ntool = "tell"',
    "no reply": 'kind = "sensitive-reply"\ntool = "tell"',
    "no value named": 'kind = "high-value-lead"\ntool = "note"\nabove = 5',
}


@pytest.mark.parametrize("said", WEAKER.values(), ids=WEAKER)
def test_a_kind_is_never_made_weaker(said):
    assert approving(said)[1]
