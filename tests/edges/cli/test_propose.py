"""Changes that take two people, from the command line, before a real server."""

from pathlib import Path

import pytest

from tests.edges.cli.terminal import ROOT, Terminal, server

WORKFLOWS = ROOT / "examples" / "workflows"


@pytest.fixture
def two(tmp_path: Path):
    controlled = '"publish", "administer", "switch-off"'
    with server(tmp_path, f"[people]\ndual_control = [{controlled}]\n") as terminal:
        yield terminal


def test_proposed_shown_agreed(two: Terminal, tmp_path: Path) -> None:
    first = tmp_path / "first"
    first.mkdir()
    (first / "support.toml").write_text((WORKFLOWS / "support.toml").read_text())
    begun = two("policy", "publish", str(first))
    assert begun.code == 0, "the very first set: there is nobody else yet"
    alone = two("policy", "publish")
    assert alone.code == 4 and "clawband propose publish" in alone.err
    proposed = two("propose", "publish", "--note", "another \x1b[2J set")
    assert proposed.code == 0, proposed
    named = proposed.out.strip().removeprefix("proposed: ")
    assert named in two("changes", "list").out
    shown = two("--as", "olga", "changes", "show", named).out
    assert "more: " in shown and "ada wants to put" in shown
    assert "\x1b" not in shown
    refused = two("changes", "agree", named)
    assert refused.code == 5 and "can never agree" in refused.err
    assert two("--as", "olga", "changes", "agree", named).out == f"done: {named}\n"
    assert two("policy", "show", "--json").json["active"].startswith("sha256:")
    assert two("--as", "olga", "changes", "agree", named).code == 4


def test_people_are_invited_and_removed(two: Terminal) -> None:
    wanted = ("propose", "invite", "noor", "--role", "auditor", "--note", "the audit")
    proposed, link = two(*wanted).out.splitlines()
    named = proposed.removeprefix("proposed: ")
    assert link.startswith("link: http") and "/welcome/" in link
    assert two("--as", "olga", "changes", "agree", named).out == f"done: {named}\n"
    gone = two("propose", "remove", "olga", "--note", "she left").out.strip().rpartition(" ")[2]
    no = two("--as", "olga", "changes", "refuse", gone, "--because", "I stay")
    assert no.out == f"refused: {gone}\n"
    one = two("changes", "show", gone, "--json").json
    assert (one["stage"], one["reason"]) == ("refused", "I stay")
    assert two("propose", "rollback", "--note", "x").code == 4


def test_a_gateway_goes_out_of_guard_by_two(two: Terminal) -> None:
    alone = two("gateway", "remove", "sample", "--because", "it moves")
    assert alone.code == 4 and "clawband propose unguard sample" in alone.err
    named = two("propose", "unguard", "sample", "--note", "it moves").out.strip().rpartition(" ")[2]
    shown = two("changes", "show", named).out
    assert "ada wants to take the gateway sample out of guard: it moves" in shown
    assert two("--as", "olga", "changes", "agree", named).code == 0
    assert two("gateway", "list", "--json").json["gateways"] == []
