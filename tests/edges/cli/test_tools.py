"""`clawband tools`: what is declared, and what is proposed for the rest."""

import tomllib

import pytest

from tests.edges.cli.terminal import ROOT, Terminal

MANIFEST = ROOT / "examples" / "workflows" / "support.toml"


@pytest.fixture(scope="module")
def called(terminal: Terminal) -> Terminal:
    """A server whose agent called a tool nobody declared, and one that was declared."""
    for to in ("eve@e.example", ["ana@a.example"]):
        answer = terminal.turn("shop__sendInvoice", {"to": to, "total": 5, "urgent": True})
        assert answer["verdict"] == "deny"
    terminal.turn("ticket_create", {"customer": "5"})
    return terminal


def test_every_known_tool_is_listed(terminal: Terminal) -> None:
    shown = terminal("tools", "list").out.splitlines()
    assert any(line.startswith("exec ") and " execute " in line for line in shown)
    assert any(line.startswith("refund ") and "order, amount" in line for line in shown)
    found = terminal("tools", "list", "--effect", "pay", "--json").json
    assert [(each["name"], each["workflow"]) for each in found] == [("refund", "support")]


def test_one_tool_in_full(terminal: Terminal) -> None:
    shown = terminal("tools", "show", "message").out
    assert "declared by      OpenClaw" in shown
    assert "recipients       target, targets, to" in shown
    assert "attachments[].media?" in shown
    twice = terminal("tools", "show", "crm_read").out
    assert "the workflow `lead-capture`" in twice
    assert "the workflow `support`" in twice
    assert terminal("tools", "show", "crm_read", "--json").json[0]["confidentiality"] == "internal"
    missing = terminal("tools", "show", "fly\x1b")
    assert missing.code == 3
    assert "nobody declared a tool `fly<U+001B>`" in missing.err


def test_what_was_called_is_proposed(called: Terminal) -> None:
    shown = called("tools", "review")
    assert shown.code == 0, shown
    assert "# shop__sendInvoice: 2 calls by sample/support, all refused" in shown.out
    assert tomllib.loads(shown.out)["tools"] == {
        "shop__sendInvoice": {
            "effect": "send", "outside": True, "amount": "total", "recipients": ["to"],
        }
    }  # fmt: skip
    assert "# [tools.ticket_create]: no call of 1 had subject" in shown.out


def test_what_is_proposed_fits_a_manifest(called: Terminal) -> None:
    manifest = called.folder / "support.toml"
    manifest.write_text(MANIFEST.read_text() + called("tools", "review").out)
    checked = called("workflow", "check", str(manifest))
    assert checked.code == 0, checked


def test_a_review_is_narrowed(called: Terminal) -> None:
    assert called("tools", "review", "--agent", "sample/lead", "--json").json == []
    assert called("tools", "review", "--agent", "sample/lead").out == (
        "# every tool that was called is declared\n"
    )
    assert len(called("tools", "review", "--since", "1h", "--json").json) == 2
    assert called("tools", "review", "--since", "0h", "--json").json == []
    for odd in ("h", "-1h", "1w", "soon", "٣h"):
        assert called("tools", "review", "--since", odd).code == 2
