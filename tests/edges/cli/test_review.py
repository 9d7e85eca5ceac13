"""Access reviews from the command line, and their evidence without a server."""

import json
from pathlib import Path

import pytest

from tests.edges.cli.terminal import Terminal


@pytest.fixture(scope="module")
def reviewed(terminal: Terminal) -> str:
    """A review of ada and olga, opened by ada."""
    assert terminal("review", "list").out == "there was none yet\n"
    opened = terminal("review", "open", "--days", "7")
    assert opened.code == 0 and " to decide until " in opened.out
    (listed,) = terminal("review", "list", "--json").json["reviews"]
    assert listed["by"] == "ada" and terminal("review", "open").code == 4
    return str(listed["id"])


def test_others_are_decided_about_and_oneself_never(terminal: Terminal, reviewed: str) -> None:
    shown = terminal("review", "show", reviewed).out
    assert "person:olga" in shown and "role:ada:admin" in shown
    kept = terminal("review", "keep", reviewed, "person:olga", "--because", "on call \u2714")
    assert kept.out == "kept person:olga\n"
    assert "person:olga" not in terminal("review", "show", reviewed).out
    assert "person:olga" in terminal("review", "show", reviewed, "--all").out
    mine = terminal("review", "keep", reviewed, "person:ada")
    assert mine.code == 5 and "their own access" in mine.err
    assert terminal("review", "revoke", reviewed, "person:nobody").code == 3
    assert terminal("--as", "olga", "review", "keep", reviewed, "person:ada").code == 5
    assert terminal("review", "close", reviewed).code == 4


def test_evidence_that_was_changed_is_not_proved(
    terminal: Terminal, reviewed: str, tmp_path: Path
) -> None:
    access = terminal("review", "show", reviewed, "--json").json["access"]
    role = next(e["item"] for e in access if e["of"] == "olga" and e["kind"] == "role")
    assert terminal("review", "keep", reviewed, role).code == 0
    out = tmp_path / "evidence.json"
    assert terminal("review", "evidence", reviewed, "-o", str(out)).code == 0
    key = terminal("audit", "key").out.strip()
    proved = terminal("review", "verify", str(out), "--key", key)
    assert (proved.code, proved.out) == (0, "2 of 2 decisions proved\n")
    told = json.loads(out.read_text())
    changed = next(each for each in told["access"] if each["event"])
    for field, other in (("verdict", "revoke"), ("by", "olga"), ("item", "person:ada")):
        forged = {**told, "access": [{**changed, field: other}]}
        out.write_text(json.dumps(forged))
        found = terminal("review", "verify", str(out), "--key", key)
        assert found.code == 70 and found.out.startswith("not proved: "), field
    out.write_text(json.dumps({**told, "proofs": {}}))
    assert terminal("review", "verify", str(out), "--key", key).code == 70
    for text in ("{}", "[]", "no json", '{"access": [1], "proofs": {}, "review": {"id": 1}}'):
        out.write_text(text)
        assert terminal("review", "verify", str(out), "--key", key).code == 2
