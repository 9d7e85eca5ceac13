"""What counts as explained, and how confidential a class is."""

import pytest

from clawband.openclaw import tools
from clawband.policy.manifest import parse
from tests.policy.asking import replaced

LISTS = """
[hosts]
web_fetch = ["help.example", "*"]
[paths]
read = ["faq.md", "notes/"]
[lists]
vendors = ["DE89 3704 0044 0532 0130 00", "billing@acme.example"]
sites = ["https://acme.example/pay"]
"""


def workflow(text):
    manifest, problems = parse(text, "desk.toml", tools.catalogue())
    assert problems == []
    return manifest.workflow


def complaint(text):
    _, problems = parse(text, "desk.toml", tools.catalogue())
    (problem,) = problems
    return problem.message


def test_what_the_manifest_names_is_listed():
    reads = ('["look"]', '["look", "web_fetch", "read"]')
    found = workflow(replaced(reads, ("[tools.look]", f"{LISTS}[tools.look]"))).listed
    owned = ("DE89 3704 0044 0532 0130 00", "billing@acme.example", "https://acme.example/pay")
    assert found == {
        "recipient": owned,
        "account": owned,
        "id": owned,
        "name": owned,
        "url": (*owned, "help.example"),
        "path": ("faq.md",),
    }


def test_nothing_is_listed_where_nothing_is_named():
    plain = workflow(replaced())
    assert (plain.listed, plain.accepts, plain.classes) == ({}, frozenset(), {})


def test_an_accepted_origin_and_all_stronger_ones_are_enough():
    text = (
        replaced() + '[provenance]\naccept = ["send: recipient referred", "write: link outside"]\n'
    )
    assert workflow(text).accepts == {
        *(f"send:recipient:{each}" for each in ("anchored", "attested", "referred")),
        *(f"write:link:{each}" for each in
          ("anchored", "attested", "referred", "derived", "outside")),
    }  # fmt: skip


def test_without_a_meaning_every_meaning_is_meant():
    found = workflow(replaced() + '[provenance]\naccept = ["write: anchored"]\n').accepts
    assert {"write:path:anchored", "write:amount:anchored", "write:embed:anchored"} <= found
    assert all(each.startswith("write:") and each.endswith(":anchored") for each in found)


@pytest.mark.parametrize(
    "line",
    ["send", "send:", "reply: outside", "send: words", "send: listed", "configure: outside",
     "send: odd referred", "send: recipient url referred", "fly: outside",
     "send: recipient:referred"],
)  # fmt: skip
def test_what_cannot_be_accepted_is_refused(line):
    said = complaint(replaced() + f'[provenance]\naccept = ["{line}"]\n')
    assert said.startswith("expected `<effect>: <origin>` or `<effect>: <meaning> <origin>`")
    assert said.endswith(f"got `{line}`")


def test_classes_have_levels():
    text = replaced() + '[classes]\nsecret = "restricted"\nbusiness = "ignore"\n'
    assert workflow(text).classes == {"secret": 3, "business": -1}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('secret = "high"', "to be `public`, `internal`, `confidential`, `restricted` or `ignore`"),
        ('private = "public"', "expected one of `business`, `personal`, `secret` in `[classes]`"),
    ],
)
def test_other_classes_are_refused(line, said):
    assert said in complaint(replaced() + f"[classes]\n{line}\n")
