"""Activity, walk, record, policy and workflows from the command line."""

import json
import sqlite3
import time
from pathlib import Path

import pytest

from tests.edges.cli.terminal import ROOT, Terminal

WORKFLOWS = ROOT / "examples" / "workflows"


@pytest.fixture(scope="module")
def denied(terminal: Terminal) -> str:
    answer = terminal.turn("crm_delete", {"customer": "5"})
    assert answer["verdict"] == "deny"
    return str(answer["decision"])


def sealed(terminal: Terminal) -> None:
    """Wait until the head of the log is signed."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        log = terminal("status", "--json").json["log"]
        if log["size"] == log["sealed"]:
            return
        time.sleep(0.2)
    raise AssertionError("the log was not sealed")


def test_activity_says_why(terminal: Terminal, denied: str) -> None:
    shown = terminal("activity", "--outcome", "deny").out
    assert "deny      sample/support   tool:delete crm_delete" in shown
    assert "no policy permits `support` to delete with `crm_delete`" in shown
    rows = terminal("activity", "--json", "--text", denied).out.splitlines()
    assert [json.loads(row)["id"] for row in rows] == [denied]
    assert terminal("activity", "--text", "no such thing").out == ""


def test_walk_draws_the_tree(terminal: Terminal, denied: str) -> None:
    shown = terminal("walk", denied).out
    assert "may the agent hear telegram:4242?  permit" in shown
    assert "└─ ▶ may it delete with crm_delete?  deny" in shown
    assert terminal("walk", denied, "--json").json["run"] == "run-1"
    for odd in ("../status", "..%2fstatus", "a/b", "?x", "#"):
        assert terminal("walk", odd).code == 3
        assert terminal("approve", odd).code == 3
    assert terminal("walk", "..").code == 2


def test_the_record_leaves_verifies_and_proves(
    terminal: Terminal, denied: str, tmp_path: Path
) -> None:
    out, proof = tmp_path / "x.jsonl", tmp_path / "proof.json"
    key = terminal("audit", "key").out.strip()
    assert terminal("audit", "export", "-o", str(out)).code == 0
    verified = terminal("audit", "verify", str(out), "--key", key)
    assert verified.code == 0, verified
    assert verified.out.startswith("ok: ")
    assert "vouches for itself" in terminal("audit", "verify", str(out)).out
    witness = terminal.folder / "s" / "witness"
    assert terminal("audit", "verify", str(out), "--since", str(witness)).code == 0
    assert terminal("audit", "verify", str(out), "--json").json["ok"] is True

    sealed(terminal)
    assert terminal("audit", "prove", denied, "-o", str(proof)).code == 0
    assert terminal("audit", "prove", denied).out.encode() == proof.read_bytes()
    assert terminal("audit", "verify-proof", str(proof), "--key", key).code == 0
    proof.write_text(proof.read_text().replace("crm_delete", "crm_update"))
    assert terminal("audit", "verify-proof", str(proof), "--key", key).code == 70


def test_an_edited_export_fails_and_says_where(
    terminal: Terminal, denied: str, tmp_path: Path
) -> None:
    out = tmp_path / "x.jsonl"
    terminal("audit", "export", "-o", str(out))
    text = out.read_text()
    out.write_text(text.replace('"outcome":"deny"', '"outcome":"permit"', 1))
    edited = terminal("audit", "verify", str(out))
    assert edited.code == 70
    assert "NOT OK" in edited.out
    assert "edited at line" in edited.out
    older = tmp_path / "older.jsonl"
    older.write_text(text)
    terminal.turn("crm_delete", {"customer": "6"})
    sealed(terminal)
    replayed = terminal(
        "audit", "verify", str(older), "--since", str(terminal.folder / "s/witness")
    )
    assert replayed.code == 70
    assert "replayed" in replayed.out


def test_the_store_is_verified_in_place(terminal: Terminal, denied: str) -> None:
    sealed(terminal)
    assert terminal("audit", "verify", "--store").code == 0
    path = terminal.folder / "s" / "clawband.db"
    with sqlite3.connect(path) as connection:  # somebody with the file in hand, while it runs
        row = connection.execute("SELECT n, body FROM leaves WHERE id = ?", (denied,)).fetchone()
        changed = row[1].replace(b'"outcome":"deny"', b'"outcome":"permit"')
        connection.execute("UPDATE leaves SET body = ? WHERE n = ?", (changed, row[0]))
        connection.commit()
        found = terminal("audit", "verify", "--store")
        connection.execute("UPDATE leaves SET body = ? WHERE n = ?", (row[1], row[0]))
    connection.close()
    assert found.code == 70
    assert f"edited at leaf {row[0]}: leaf {row[0]}: the body was edited" in found.out
    assert terminal("audit", "verify", "--store").code == 0


def test_there_is_no_store_to_verify(alone: Terminal) -> None:
    ended = alone("audit", "verify", "--store")
    assert ended.code == 6
    assert "--key" in ended.err


def test_policy_is_checked_published_and_rolled_back(terminal: Terminal, tmp_path: Path) -> None:
    checked = terminal("policy", "check", str(WORKFLOWS))
    assert checked.out.startswith("ok: ")
    assert "document, lead-capture, support" in checked.out
    first = terminal("policy", "show", "--json").json["active"]
    assert first in checked.out

    less = tmp_path / "less"
    less.mkdir()
    (less / "lead.toml").write_text((WORKFLOWS / "lead-capture.toml").read_text())
    assert terminal("policy", "publish", str(less), "--note", "only leads").code == 0
    assert terminal("policy", "show", "--json").json["active"] != first
    assert "only leads" in terminal("policy", "history").out
    assert first in terminal("policy", "rollback").out
    assert "baseline/paused" in terminal("policy", "show").out
    assert terminal("policy", "history", "--json").json[0]["digest"] == first


def test_what_is_wrong_in_a_policy_is_said_with_its_line(alone: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "wrong"
    assert alone("policy", "check", str(folder)).code == 3
    folder.mkdir()
    assert alone("policy", "check", str(folder)).code == 3
    (folder / "a.cedar").write_text("permit (principal, action, resource);\n")
    (folder / "b.toml").write_text('name = "B"\n\x1b[2J = 3\n')
    ended = alone("policy", "check", str(folder))
    assert ended.code == 2
    assert "a.cedar:1: expected an annotation" in ended.err
    assert "b.toml:2: " in ended.err
    assert "\x1b" not in ended.err
    (folder / "b.toml").write_bytes(b"\xff")
    assert "not UTF-8 at byte 0" in alone("policy", "check", str(folder)).err


def test_workflows(terminal: Terminal, alone: Terminal) -> None:
    file = str(WORKFLOWS / "support.toml")
    assert alone("workflow", "check", file).out.startswith("ok: support compiles to ")
    gateway = str(WORKFLOWS / "gateway-sample.toml")
    assert alone("workflow", "check", gateway).out.startswith("ok: gateway-sample compiles to ")
    compiled = alone("workflow", "compile", file).out
    assert '@id("support/approve-refund")' in compiled
    assert alone("workflow", "check", "x.cedar").code == 2
    assert alone("workflow", "check", "absent.toml").code == 3
    assert "customer care" in terminal("workflow", "show", "support").out
    assert terminal("workflow", "show", "support", "--cedar").out.strip() == compiled.strip()
    shipped = sum(not each.name.startswith("gateway-") for each in WORKFLOWS.glob("*.toml"))
    assert len(terminal("workflow", "show", "--json").json) == shipped
    unknown = terminal("workflow", "show", "nope")
    assert unknown.code == 3
    assert "lead-capture" in unknown.err
