"""The sample workflows: what each may do, and each "should not" of the article refused.

The real gateway shows the same in tests/e2e; here every line is decided in process.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from clawband.approvals.hold import requirements
from clawband.model.access import Action, Deny, Permit, Requirement
from clawband.model.label import Confidentiality, Integrity
from clawband.openclaw import tools
from clawband.policy.evaluate import evaluate
from clawband.policy.sets import build
from tests.policy.asking import around, call, request

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "workflows"
SAMPLES = build(
    {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.toml"))},
    tools.catalogue(),
)
PLUGIN_TOOLS: dict[str, dict[str, object]] = {
    "crm_read": {"customer": "5"},
    "crm_update": {"customer": "5", "field": "name", "value": "x"},
    "crm_delete": {"customer": "5"},
    "billing_read": {"order": "17"},
    "refund": {"order": "17", "amount": 120.5},
    "send_contract": {"customer": "5", "contract": "standard"},
    "notify": {"team": "sales", "message": "a lead"},
    "ticket_create": {"customer": "5", "subject": "late"},
    "ticket_summary": {"ticket": "3"},
    "escalate": {"ticket": "3", "reason": "urgent"},
    "account_close": {"customer": "5"},
    "doc_read": {"document": "offer"},
    "doc_label": {"document": "offer", "label": "internal"},
    "doc_publish": {"document": "salaries", "channel": "public"},
    "doc_grant": {"document": "salaries", "person": "bo"},
    "doc_move": {"document": "offer", "folder": "legal"},
    "mail_search": {"query": "lunch"},
    "mail_send": {"to": "bob@corp.example", "subject": "lunch", "body": "at noon"},
}
ALLOWED = {
    "lead": {"crm_read", "notify"},
    "support": {"crm_read", "ticket_summary", "ticket_create", "escalate"},
    "document": {"doc_read", "doc_label"},
    "assistant": {"mail_search", "mail_send"},
}
HELD = {
    "lead": set(),
    "support": {"refund", "account_close"},
    "document": {"doc_move"},
    "assistant": set(),
}


def outcome(asked, circumstances=None):
    """permit, hold (with who could lift it) or deny, as the flow would find it."""

    def under(fact):
        return evaluate(asked, replace(circumstances or around(), approval=fact), SAMPLES)

    if isinstance(under(None), Permit):
        return "permit"
    return requirements(under, SAMPLES.approval_roles(asked)) or "deny"


def tool(agent, name, params=None, **how):
    return call(SAMPLES, name, params or dict(PLUGIN_TOOLS.get(name, {})), agent=agent, **how)


@pytest.mark.parametrize("agent", ALLOWED)
@pytest.mark.parametrize("name", PLUGIN_TOOLS)
def test_every_agent_and_every_tool_of_the_sample_company(agent, name):
    expected = (
        "permit" if name in ALLOWED[agent]
        else (Requirement("approver", 1, 1),) if name in HELD[agent]
        else "deny"
    )  # fmt: skip
    assert outcome(tool(agent, name)) == expected


@pytest.mark.parametrize(
    ("agent", "name", "policy"),
    [
        ("lead", "billing_read", "lead-capture/systems"),
        ("lead", "crm_update", "clawband/default-deny"),
        ("lead", "send_contract", "clawband/default-deny"),
        ("support", "account_close", "clawband/default-deny"),
        ("support", "refund", "clawband/default-deny"),
        ("support", "billing_read", "clawband/default-deny"),
        ("document", "doc_publish", "clawband/default-deny"),
        ("document", "doc_grant", "baseline/configure"),
        ("document", "doc_move", "clawband/default-deny"),
    ],
)
def test_should_not(agent, name, policy):
    """Lead: billing, customer records, contracts. Support: closing accounts and refunds by itself,
    internal data. Document: public channels, access to files, moving documents without review."""
    answer = evaluate(tool(agent, name), around(), SAMPLES)
    assert isinstance(answer, Deny)
    assert policy in {reason.policy for reason in answer.reasons}


def test_the_lead_is_told_to_sales_and_nobody_else():
    assert outcome(tool("lead", "notify", {"team": "press", "message": "x"})) == "deny"


def test_support_fetches_its_two_hosts():
    for url, expected in (
        ("https://help.example.com/faq", "permit"),
        ("https://example.com", "deny"),
        ("https://help.example.com.evil.example", "deny"),
    ):
        assert outcome(tool("support", "web_fetch", {"url": url})) == expected


def test_support_writes_notes_and_reads_its_workspace():
    assert outcome(tool("support", "write", {"path": "notes/a.md"})) == "permit"
    assert outcome(tool("support", "write", {"path": "AGENTS.md"})) == "deny"
    assert outcome(tool("support", "read", {"path": "AGENTS.md"})) == "permit"
    assert outcome(tool("support", "read", {"path": "~/.openclaw/openclaw.json"})) == "deny"


def test_a_command_is_held_even_for_a_tainted_session():
    asked = tool("support", "exec", {"command": "ls"})
    held = (Requirement("approver", 1, 1),)
    assert outcome(asked) == held
    assert outcome(asked, around(integrity=Integrity.OUTSIDE)) == held


def test_internal_data_does_not_leave():
    reply = request(Action.SEND_REPLY, "telegram", agent="support")
    assert outcome(reply, around(confidentiality=Confidentiality.INTERNAL)) == "permit"
    assert outcome(reply, around(confidentiality=Confidentiality.CONFIDENTIAL)) == "deny"


def test_support_says_its_sentence_when_unsure():
    reply = request(Action.SEND_REPLY, "webchat", agent="support", unsure=True)
    answer = evaluate(reply, around(), SAMPLES)
    assert isinstance(answer, Deny)
    assert SAMPLES.reply_instead(reply.principal, answer).startswith("I am not sure")


@pytest.mark.parametrize("agent", ALLOWED)
@pytest.mark.parametrize("name", sorted(set(tools.catalogue()) - {"read", "write", "web_fetch"}))
def test_no_other_built_in_tool_is_open(agent, name):
    allowed = {"tool_search", "tool_describe"}
    held = {"exec"} if agent == "support" else set()
    expected = (
        "permit" if name in allowed
        else (Requirement("approver", 1, 1),) if name in held
        else "deny"
    )  # fmt: skip
    assert outcome(tool(agent, name, {"path": "a"})) == expected
