"""Approvals and stops from the command line, before a real server."""

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest

from tests.edges.cli.terminal import HOSTILE, Terminal


@pytest.fixture
def held(terminal: Terminal) -> str:
    """The id of a fresh approval for a refund."""
    answer = terminal.turn("refund", {"order": f"{HOSTILE} {terminal.seq}", "amount": 20})
    assert answer["verdict"] == "hold", answer
    return str(answer["approval"])


def test_a_card_shows_exactly_what_would_happen(terminal: Terminal, held: str) -> None:
    shown = terminal("approvals").out
    assert held in shown
    assert "sample/support, asked by telegram:4242" in shown
    assert "somebody with role approver" in shown
    assert f"clawband approve {held}" in shown
    # The exact arguments, and nothing in them acts on the terminal.
    assert '"amount": 20' in shown
    assert "\\u001b[2J<U+202E>17" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    listed = terminal("approvals", "--json").json["approvals"]
    assert listed[0]["arguments"]["order"].startswith(HOSTILE)


def test_only_who_may_approve_can(terminal: Terminal, held: str) -> None:
    refused = terminal("approve", held)
    assert refused.code == 5
    assert "`ada` may not approve" in refused.err
    assert "approver" in refused.err
    granted = terminal("--as", "olga", "approve", held)
    assert granted.out == "granted: `refund` may run once, now\n"
    again = terminal("--as", "olga", "approve", held)
    assert again.code == 4
    assert "granted" in terminal("approvals", "--all").out


def test_a_refusal_carries_its_reason(terminal: Terminal, held: str) -> None:
    refused = terminal("--as", "olga", "deny", held, "--because", "not this one")
    assert refused.out == "refused: `refund` will not run\n"
    assert "olga: not this one" in terminal("approvals", "--all").out
    assert terminal("approve", "apr_none").code == 3


def test_other_words_are_approved_and_run(terminal: Terminal) -> None:
    refund = {"order": "A-7", "amount": 20, "reason": "a long story"}
    held = str(terminal.turn("refund", refund)["approval"])
    wrong = terminal("--as", "olga", "approve", held, "--change", "amount=a lot")
    assert wrong.code == 2 and "whole number" in wrong.err
    assert terminal("--as", "olga", "approve", held, "--change", "amount").code == 2
    said = ("--change", "amount=10", "--change", "reason=broken = gone")
    granted = terminal("--as", "olga", "approve", held, *said)
    assert granted.out == "granted: `refund` may run once, now\n"
    answer = terminal.turn("refund", refund)
    assert answer["params"] == {"order": "A-7", "amount": 10, "reason": "broken = gone"}


def test_somebody_stands_in(terminal: Terminal) -> None:
    assert terminal("delegate", "list").out == "nobody stands in for anybody\n"
    until = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    asked = ("delegate", "to", "ada", "--until", until, "--because", "away")
    assert terminal(*asked).code in (2, 5)
    added = terminal("--as", "olga", *asked)
    assert added.code == 0 and added.out.startswith("ada decides approvals for you until ")
    (one,) = terminal("delegate", "list", "--json").json["delegations"]
    assert (one["giver"], one["to"], one["holds"]) == ("olga", "ada", True)
    assert "away" in terminal("delegate", "list").out
    held = str(terminal.turn("refund", {"order": "A-8", "amount": 20})["approval"])
    assert terminal("approve", held).code == 0
    assert "ada for olga" in terminal("approvals", "--all").out
    assert terminal("delegate", "end", "olga").out == "ended: nobody decides for olga\n"
    assert terminal("delegate", "end", "olga").code == 3


def test_without_the_right_arguments_are_not_shown(terminal: Terminal, held: str) -> None:
    given = "a long enough password\n"
    terminal(
        "operator", "add", "vi", "--role", "viewer", "--password-stdin", "--replace", given=given
    )
    terminal("login", "vi", "--password-stdin", given=given)
    try:
        assert "not shown: your roles may not read them" in terminal("approvals").out
        assert terminal("pause", "tool", "exec").code == 5
    finally:
        terminal("logout")
        terminal("login", "ada", "--password-stdin", given=terminal.passwords["ada"] + "\n")


def test_pause_holds_from_the_next_call(terminal: Terminal) -> None:
    paused = terminal("pause", "tool", "ticket_summary", "--because", "looking")
    assert paused.out == "paused tool:ticket_summary\n"
    assert "tool:ticket_summary by ada" in terminal("status").out
    assert terminal.turn("ticket_summary", {"ticket": 3})["verdict"] == "deny"
    assert terminal("resume", "tool", "ticket_summary").out == "resumed tool:ticket_summary\n"
    assert terminal.turn("ticket_summary", {"ticket": 3})["verdict"] == "permit"
    gone = terminal("resume", "tool", "ticket_summary")
    assert (gone.code, gone.out) == (3, "")


def test_a_pause_without_control_of_the_gateway_says_so(terminal: Terminal) -> None:
    assert terminal.turn("ticket_summary", {"ticket": 3})["verdict"] == "permit"
    paused = terminal("pause", "gateway", "sample")
    assert "next call is refused all the same" in paused.err
    terminal("resume", "gateway", "sample")


def test_who_is_signed_in(terminal: Terminal) -> None:
    assert terminal("whoami").out == f"ada (admin, operator) at {terminal.url}\n"
    assert terminal("--as", "olga", "whoami").out.startswith("olga (approver)")
    assert terminal("--as", "nobody", "whoami").code == 5
    kept = terminal.folder / "s" / "cli.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert terminal.passwords["ada"] not in kept.read_text()
    wrong = terminal("login", "ada", "--password-stdin", given="wrong\n")
    assert (wrong.code, wrong.out) == (5, "")
    assert terminal("whoami").code == 0


def test_operators(terminal: Terminal) -> None:
    given = "a long enough password\n"
    arguments = ("operator", "add", "max", "--role", "auditor", "--role", "viewer")
    added = terminal(*arguments, "--alias", "telegram:7", "--password-stdin", given=given)
    assert added.out == "added max (auditor, viewer)\n"
    assert terminal(*arguments, "--password-stdin", given=given).code == 4
    assert (
        terminal("operator", "add", "lu", "--role", "admin", "--password-stdin", given="x\n").code
        == 2
    )
    listed = terminal("operator", "list", "--json").json["operators"]
    assert next(each for each in listed if each["name"] == "max")["aliases"] == ["telegram:7"]
    assert "telegram:7" in terminal("operator", "list").out
    assert terminal("operator", "remove", "max").code == 0
    assert terminal("operator", "remove", "max").code == 3
    last = terminal("operator", "remove", "ada")
    assert last.code == 4
    assert "last administrator" in last.err


def test_gateways(terminal: Terminal) -> None:
    out = terminal.folder / "other"
    assert terminal("gateway", "enroll", "other", "-o", str(out)).code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert out.read_text().startswith("cbg_")
    assert {each["name"] for each in terminal("gateway", "list", "--json").json["gateways"]} == {
        "sample",
        "other",
    }
    assert "silent" in terminal("gateway", "list").out
    assert terminal("gateway", "enroll", "Bad Name", "-o", str(out)).code == 2
    assert json.loads(terminal("status", "--json").out)["log"]["size"] > 0
