"""Manifests: the five questions, and a precise refusal for every wrong answer."""

import pytest

from clawband.model.access import Requirement
from clawband.openclaw import tools
from clawband.policy.manifest import ToolApproval, parse
from tests.policy.asking import MANIFEST, replaced


def read(text):
    return parse(text, "desk.toml", tools.catalogue())


def complaints(*changes):
    text = replaced(*changes)
    manifest, problems = read(text)
    assert manifest is None
    return [(text.splitlines()[problem.line - 1], problem.message) for problem in problems]


def test_the_five_questions_are_answered():
    manifest, problems = read(MANIFEST)
    assert problems == []
    workflow = manifest.workflow
    assert workflow.reads == ("look",)
    assert workflow.writes == ("note", "pay")
    assert workflow.systems == ("crm",)
    assert manifest.approvals == {
        "pay": ToolApproval(tool="pay", requirement=Requirement("approver", 1, 1))
    }
    assert workflow.unsure == "refuse"
    assert workflow.source == MANIFEST
    assert set(manifest.granted) == {"look", "note", "pay"}
    assert workflow.tools["pay"].effect == "tool:pay"


def test_what_is_left_out_is_the_narrow_answer():
    manifest, _ = read(replaced(('replies = "allow"\n', "")))
    assert manifest.replies == "refuse"
    assert manifest.requesters == "known"
    assert manifest.clearance == 0
    assert manifest.workflow.tools["drop"].outside is True


def test_unsure_may_ask_or_reply():
    asks, _ = read(MANIFEST + '[unsure]\nthen = "ask"\nask = "operator"\n')
    assert (asks.workflow.unsure, asks.asks) == ("ask", "operator")
    replies, _ = read(MANIFEST + '[unsure]\nthen = "reply"\nreply = "a colleague will answer"\n')
    assert replies.workflow.unsure_reply == "a colleague will answer"


def test_replies_may_need_an_approval():
    text = (
        replaced(
            ('"allow"', '"approve"'),
            ('tool = "pay"', 'tool = "pay"\npeople = 2\nassurance = 2\nabove = 100'),
        )
        + '[[approvals]]\nreplies = true\nrole = "operator"\n'
    )
    manifest, problems = read(text)
    assert problems == []
    assert manifest.reply_approval == Requirement("operator", 1, 1)
    assert manifest.approvals["pay"].above == 100
    assert manifest.approvals["pay"].requirement == Requirement("approver", 2, 2)


PLACES = """
[hosts]
web_fetch = ["a.example"]
[paths]
read = ["./", "notes/", "faq.md", "/srv/share/", "*"]
"""


def test_hosts_and_paths_are_lists_for_each_tool():
    reads = ('["look"]', '["look", "web_fetch", "read"]')
    manifest, problems = read(replaced(reads, ("[tools.look]", PLACES + "[tools.look]")))
    assert problems == []
    assert manifest.hosts == {"web_fetch": ("a.example",)}
    assert manifest.paths["read"][1] == "notes/"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('name = "desk"\n', "", 'owner = "care"', "expected a key `name`, got none"),
        ('"desk"\n', '"Desk"\n', 'name = "Desk"', "small letters, digits and `-`, got `Desk`"),
        ('owner = "care"', "owner = 1", "owner = 1", "text on one line, got a number"),
        ('["sample/desk"]', "[]", "agents = []", "at least one agent, got none"),
        ('["sample/desk"]', '"desk"', 'agents = "desk"', "to be a list of texts, got a text"),
        ('reads = ["look"]', 'reads = ["lok"]', 'reads = ["lok"]', "`[tools.lok]`, got `lok`"),
        ('reads = ["look"]', 'reads = ["note"]', 'reads = ["note"]',
         "expected `note` under `writes`, because its effect is `write`"),
        ('writes = ["note"', 'writes = ["look"', 'writes = ["look", "pay"]',
         "expected `look` under `reads`"),
        ('systems = ["crm"]', "systems = []", "systems = []",
         "expected `crm` in `systems`, because `look` acts on it"),
        ('replies = "allow"', 'replies = "yes"', 'replies = "yes"',
         "expected `replies` to be `allow`, `approve` or `refuse`, got `yes`"),
        ('replies = "allow"', 'replies = "approve"', 'replies = "approve"', "`[[approvals]]`"),
        ('replies = "allow"', 'clearence = "x"', 'clearence = "x"', "got `clearence`"),
        ('replies = "allow"', 'clearance = "secret"', 'clearance = "secret"', "got `secret`"),
        ('tool = "pay"', 'tool = "drop"', 'tool = "drop"',
         "expected a tool of `reads` or `writes`, got `drop`"),
        ('tool = "pay"\n', "", "[[approvals]]", "expected a key `tool`"),
        ('tool = "pay"\n', 'tool = "note"\nabove = 5\n', "above = 5", "expected `amount` in `[t"),
        ('role = "approver"', 'role = "boss"', 'role = "boss"', "`viewer`, got `boss`"),
        ('role = "approver"', 'role = "admin"\npeople = 0', "people = 0", "from 1 to 2, got `0`"),
        ('role = "approver"', 'role = "admin"\nassurance = 4', "assurance = 4", "from 1 to 3"),
        ('role = "approver"', 'role = "admin"\n[[approvals]]\ntool = "pay"\nrole = "admin"',
         'tool = "pay"', "one approval for each tool, got two for `pay`"),
        ('effect = "read"', 'effect = "tool:read"', 'effect = "tool:read"', "got `tool:read`"),
        ('effect = "read"', 'effect = "read"\noutside = "no"', 'outside = "no"', "true or false"),
        ('effect = "read"', 'effect = "read"\nnope = 1', "nope = 1", "in `[tools.look]`, got `no"),
        ("[tools.drop]", "[tools.exec]", "[tools.exec]", "got `exec`, which OpenClaw itself has"),
        ("[tools.drop]", '[tools."a b"]', '[tools."a b"]', "a tool name without spaces"),
        ("[tools.drop]", "[limits]\ncalls_per_run = -1\n[tools.drop]", "calls_per_run = -1",
         "a whole number from 0 to 10000000, got `-1`"),
        ("[tools.drop]", '[unsure]\nthen = "guess"\n[tools.drop]', 'then = "guess"', "got `guess`"),
        ("[tools.drop]", '[unsure]\nthen = "ask"\n[tools.drop]', "[unsure]", 'ask = "<role>"'),
        ("[tools.drop]", '[unsure]\nthen = "reply"\n[tools.drop]', "[unsure]", 'reply = "<text>"'),
        ("[tools.drop]", '[hosts]\nlook = ["a"]\n[tools.drop]', 'look = ["a"]', "names hosts"),
        ("[tools.drop]", '[hosts]\ndrop = ["a"]\n[tools.drop]', 'drop = ["a"]', "got `drop`"),
        ('["look"]', '["look", "read"]', 'name = "desk"', "`read = […]` under `[paths]`, got none"),
    ],
)  # fmt: skip
def test_each_wrong_value_is_refused_at_its_line(old, new, line, said):
    found = complaints((old, new))
    assert len(found) >= 1
    assert any(said in message for _, message in found), found
    where = next(place for place, message in found if said in message)
    assert where == line


@pytest.mark.parametrize(
    ("what", "tool", "value"),
    [
        ("hosts", "web_fetch", "https://a.example"),
        ("hosts", "web_fetch", "A.example"),
        ("hosts", "web_fetch", "a.example:443"),
        ("hosts", "web_fetch", "*.example"),
        ("hosts", "web_fetch", "ä.example"),
        ("hosts", "web_fetch", "a..example"),
        ("hosts", "web_fetch", "?"),
        ("paths", "read", "../a"),
        ("paths", "read", "a/../b"),
        ("paths", "read", "./a"),
        ("paths", "read", "a//b"),
        ("paths", "read", "a\\\\b"),
        ("paths", "read", "?"),
    ],
)
def test_places_must_be_written_as_they_are_compared(what, tool, value):
    found = complaints(
        ('["look"]', f'["look", "{tool}"]'),
        ("[tools.look]", f'[{what}]\n{tool} = ["{value}"]\n[tools.look]'),
    )
    assert [line for line, _ in found] == [f'{tool} = ["{value}"]']


def test_recipients_are_written_in_small_letters():
    found = complaints(
        ('effect = "write"', 'effect = "send"\nrecipients = ["to"]'),
        ("[tools.look]", '[recipients]\nnote = ["Sales"]\n[tools.look]'),
    )
    assert "a recipient in small letters, got `Sales`" in found[0][1]


def test_everything_wrong_is_said_at_once():
    found = complaints(('"care"', "1"), ('"answer"', "2"), ('role = "approver"', 'role = "x"'))
    assert len(found) == 3
