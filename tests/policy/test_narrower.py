"""A narrower manifest is the same text without some tools, and always a manifest that holds."""

import tomllib

import pytest

from clawband.openclaw import tools
from clawband.policy.manifest import parse
from clawband.policy.narrower import narrower
from tests.policy.asking import MANIFEST, replaced
from tests.simulators.small import WORKFLOWS


def manifest(text=MANIFEST, file="desk.toml"):
    read, problems = parse(text, file, tools.catalogue())
    assert read and not problems, problems
    return read


def without(*names, text=MANIFEST):
    return narrower(manifest(text), frozenset(names), tools.catalogue())


def test_tool_and_its_approval_go_and_all_else_stays_as_written():
    told = without("pay")
    assert 'writes = ["note"]' in told
    assert "[[approvals]]" not in told and "[tools.pay]" in told
    dropped = {"[[approvals]]", 'tool = "pay"', 'role = "approver"'}
    rest = [line for line in MANIFEST.splitlines() if line and line not in dropped]
    kept = [line for line in told.splitlines() if line]
    assert kept == [line if not line.startswith("writes") else 'writes = ["note"]' for line in rest]


@pytest.mark.parametrize("name", [each for each in sorted(WORKFLOWS) if "gateway" not in each])
def test_every_tool_of_every_sample_can_be_taken_away(name):
    read = manifest(WORKFLOWS[name], name)
    for tool in read.granted:
        told = narrower(read, frozenset({tool}), tools.catalogue())
        assert told is not None, tool
        left = manifest(told, name)
        assert set(left.granted) == set(read.granted) - {tool}
        assert left.workflow.limits == read.workflow.limits
        assert not any(tool in each.tools for each in left.workflow.egress)


def test_a_system_that_nothing_acts_on_any_more_goes_too():
    told = without("look")
    assert tomllib.loads(told)["systems"] == []
    assert tomllib.loads(without("note"))["systems"] == ["crm"]


def test_several_lines_comments_and_lists_within_tables():
    text = replaced(
        ('writes = ["note", "pay"]', 'writes = [\n  "note", # keeps\n  "pay",\n]'),
        ('effect = "write"', 'effect = "send"\nrecipients = ["to"]'),
        ("[[approvals]]",
         '[recipients]\n# to whom\nnote = [\n  "a@example.org",\n]\n# why\n[[after]]\n'
         'read = ["outside", "tool:look"]\nrefuse = "pay"\n\n# before money\n[[approvals]]'),
    )  # fmt: skip
    told = without("note", text=text)
    assert tomllib.loads(told)["writes"] == ["pay"] and "a@example.org" not in told
    told = without("look", text=text)
    assert tomllib.loads(told)["after"] == [{"read": ["outside"], "refuse": "pay"}]
    told = without("pay", text=text)
    assert "# before money" not in told and "# why" in told


def test_a_text_that_cannot_be_changed_so_gives_no_proposal():
    text = replaced(("[[approvals]]", 'hosts = {note = ["a.example"]}\n[[approvals]]'),
                    ('effect = "write"', 'effect = "write"\nhosts = ["url"]'))  # fmt: skip
    assert without("note", text=text) is None
