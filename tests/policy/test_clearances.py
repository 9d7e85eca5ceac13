"""Where confidential data may go."""

import pytest

from clawband.model.access import Action, Permit
from clawband.model.label import Confidentiality
from clawband.policy.evaluate import evaluate
from tests.policy.asking import around, call, policy_set, replaced, request

SENDING = (
    ('effect = "write"', 'effect = "send"\nrecipients = ["to?"]\nhosts = ["url?"]'),
    ('replies = "allow"', 'replies = "allow"\nclearance = "internal"'),
    ("[tools.look]", '[recipients]\nnote = ["*"]\n[hosts]\nnote = ["*"]\n[tools.look]'),
)
CLEARANCES = """
[clearances]
"boss@a.example" = "restricted"
"*@partner.example" = "confidential"
"vault.example" = "confidential"
"*@mail.example" = "public"
"news.example" = "public"
"""
PUBLIC, INTERNAL, CONFIDENTIAL, RESTRICTED = Confidentiality


def may(active, level, tool="note", **params):
    asked = call(active, tool, params)
    return isinstance(evaluate(asked, around(confidentiality=level), active), Permit)


@pytest.mark.parametrize(
    ("level", "params", "expected"),
    [
        (INTERNAL, {"to": "eve@e.example"}, True),
        (CONFIDENTIAL, {"to": "eve@e.example"}, False),
        (CONFIDENTIAL, {}, False),
        (CONFIDENTIAL, {"to": "Boss@a.example"}, True),
        (RESTRICTED, {"to": "boss@a.example"}, True),
        (CONFIDENTIAL, {"to": ["ana@partner.example", "bob@partner.example"]}, True),
        (RESTRICTED, {"to": "ana@partner.example"}, False),
        (CONFIDENTIAL, {"to": ["boss@a.example", "eve@e.example"]}, False),
        (CONFIDENTIAL, {"to": ["ana@partner.example", "eve@e.example"]}, False),
        (CONFIDENTIAL, {"to": "eve@e.example,ana@partner.example"}, False),
        # Each is cleared, but not in the same way.
        (CONFIDENTIAL, {"to": ["boss@a.example", "ana@partner.example"]}, False),
        (CONFIDENTIAL, {"url": "https://vault.example/x"}, True),
        (RESTRICTED, {"url": "https://vault.example/x"}, False),
        (CONFIDENTIAL, {"url": "https://e.example/x"}, False),
        (CONFIDENTIAL, {"url": "https://vault.example", "to": "boss@a.example"}, True),
        (CONFIDENTIAL, {"url": "https://vault.example", "to": "eve@e.example"}, False),
        (PUBLIC, {"to": "eve@mail.example"}, True),
        (INTERNAL, {"to": "eve@mail.example"}, False),
        (INTERNAL, {"to": ["ana@a.example", "eve@mail.example"]}, False),
        (INTERNAL, {"url": "https://news.example"}, False),
    ],
)
def test_each_destination_has_its_level(level, params, expected):
    active = policy_set(replaced(*SENDING) + CLEARANCES)
    assert may(active, level, **params) is expected


def test_replies_go_to_destinations_too():
    active = policy_set(replaced(*SENDING) + CLEARANCES)
    for to, expected in (("boss@a.example", True), ("4242", False), ("", False)):
        asked = request(Action.SEND_REPLY, "telegram", recipients={to} if to else ())
        answer = evaluate(asked, around(confidentiality=CONFIDENTIAL), active)
        assert isinstance(answer, Permit) is expected


def test_a_tool_may_be_cleared_for_less():
    tool = ('effect = "write"', 'effect = "write"\nhosts = ["url?"]\nclearance = "internal"')
    open_ = ("[tools.look]", '[hosts]\nnote = ["*"]\n[tools.look]')
    active = policy_set(replaced(tool, open_) + CLEARANCES)
    assert may(active, INTERNAL)
    assert not may(active, CONFIDENTIAL)
    assert may(active, CONFIDENTIAL, url="https://vault.example")
    approved = around(confidentiality=RESTRICTED, roles=["operator"])
    assert isinstance(evaluate(call(active, "note"), approved, active), Permit)


def test_a_search_is_cleared_for_internal_data():
    active = policy_set(replaced(('reads = ["look"]', 'reads = ["look", "web_search"]')))
    assert may(active, INTERNAL, "web_search", query="x")
    assert not may(active, CONFIDENTIAL, "web_search", query="x")


def test_everybody_may_get_everything_where_the_workflow_says_so():
    active = policy_set(replaced(*SENDING[::2], ('replies = "allow"', 'clearance = "restricted"')))
    assert may(active, RESTRICTED, to="eve@e.example")
