"""What a policy set would change, from the command line."""

import shutil
from pathlib import Path

from tests.edges.cli.terminal import ROOT, Terminal

WORKFLOWS = ROOT / "examples" / "workflows"


def test_diff_says_what_publishing_would_change(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal("policy", "diff", str(WORKFLOWS)).out == "nothing would change\n"
    folder = tmp_path / "next"
    shutil.copytree(WORKFLOWS, folder)
    lead = folder / "lead-capture.toml"
    lead.write_text(lead.read_text().replace('"sample/lead"', '"sample/lead", "sample/lead2"'))
    shown = terminal("policy", "diff", str(folder))
    assert "more" in shown.out and "one more agent may send with `notify`" in shown.out
    told = terminal("policy", "diff", str(folder), "--json").json
    assert {each["direction"] for each in told["changes"]} == {"more"}
    (folder / "broken.toml").write_text("name =")
    refused = terminal("policy", "diff", str(folder))
    assert refused.code == 2 and "broken.toml:1" in refused.err
    assert terminal("policy", "diff", str(tmp_path / "none")).code == 3


def test_history_in_words(terminal: Terminal) -> None:
    told = terminal("policy", "history", "--words", "--json").json
    assert told[-1]["changes"] and told[-1]["problem"] == ""
    shown = terminal("policy", "history", "--words").out
    assert "one more agent may send with `notify` (recipients: `sales`): `sample/lead`" in shown


def test_replay_says_what_would_have_changed(terminal: Terminal, tmp_path: Path) -> None:
    terminal.turn("crm_read", {"customer": "5"})
    assert "nothing would have changed" in terminal("policy", "replay", str(WORKFLOWS)).out
    folder = tmp_path / "next"
    shutil.copytree(WORKFLOWS, folder)
    support = folder / "support.toml"
    support.write_text(support.read_text().replace('reads = ["crm_read", ', "reads = ["))
    shown = terminal("policy", "replay", str(folder), "--since", "1d").out
    assert "permit" in shown and "deny" in shown and "tool:read Tool::crm_read" in shown
    told = terminal("policy", "replay", str(folder), "--json").json
    assert told["asked"] > told["same"] > 0
    assert terminal("policy", "replay", str(folder), "--since", "soon").code == 2


def test_draft_prints_a_manifest_that_checks(terminal: Terminal, tmp_path: Path) -> None:
    terminal.turn("crm_read", {"customer": "5"})
    made = terminal("policy", "draft", "--gateway", "sample", "--agent", "support")
    assert made.code == 0 and 'reads = ["crm_read"]' in made.out
    assert "permits less: `sample/support` may no longer pay with `refund`" in made.err
    (tmp_path / "support.toml").write_text(made.out)
    assert terminal("workflow", "check", str(tmp_path / "support.toml")).code == 0
    nothing = terminal("policy", "draft", "--gateway", "sample", "--agent", "nobody")
    assert nothing.code == 2 and "--learn" in nothing.err
