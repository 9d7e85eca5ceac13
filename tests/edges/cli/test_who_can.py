"""`clawband who-can` and `clawband may`, before a real server."""

import csv
import io
from pathlib import Path

from tests.edges.cli.terminal import Terminal


def test_the_gravest_first_as_a_table_as_json_and_as_csv(terminal: Terminal) -> None:
    told = terminal("who-can", "--critical")
    assert told.code == 0
    lines = told.out.splitlines()
    assert lines[0].split() == ["who", "can", "only", "with", "wide", "where", "last", "done"]
    assert "ada" in lines[2] and "add people, keys and gateways" in lines[2]
    powers = terminal("who-can", "--critical", "--json").json
    assert all(each["critical"] for each in powers)
    refund = next(each for each in powers if each["what"] == "refund")
    assert (refund["who"], refund["can"]) == ("sample/support", "tool:pay")
    assert refund["terms"] == "an approval by approver"
    rows = list(csv.DictReader(io.StringIO(terminal("who-can", "--critical", "--csv").out)))
    assert [row["who"] for row in rows] == [each["who"] for each in powers]
    assert len(terminal("who-can", "--json").json) > len(powers)


def test_a_use_is_seen_at_once(terminal: Terminal) -> None:
    terminal("pause", "tool", "exec")
    terminal("resume", "tool", "exec")
    powers = terminal("who-can", "--critical", "--json").json
    (own,) = (each for each in powers if (each["who"], each["can"]) == ("ada", "stop"))
    assert own["last"]


def test_may_says_why_and_what_must_come_with_it(terminal: Terminal) -> None:
    told = terminal("may", "olga", "publish")
    assert told.code == 1 and told.out.startswith("no ")
    assert "it needs one of the roles admin, builder" in told.out
    told = terminal("may", "sample/support", "call", "refund")
    assert told.code == 0 and told.out.startswith("if ")
    assert "with  an approval by somebody with role approver" in told.out
    told = terminal("may", "sample/support", "call", "crm_read", "--arguments", '{"id": "1"}')
    assert told.code == 0 and "[support/read-crm_read]" in told.out
    told = terminal("may", "nobody", "look")
    assert told.code == 3 and "error: nobody here is called `nobody`" in told.err
    assert terminal("may", "ada", "look", "--arguments", "{").code == 2


def test_findings_and_the_narrower_manifest(terminal: Terminal, tmp_path: Path) -> None:
    told = terminal("access", "findings")
    assert told.code == 0 and told.out
    kinds = {each["kind"] for each in terminal("access", "findings", "--json").json}
    assert not kinds & {"unused", "idle"}, "the record is minutes long"
    told = terminal("access", "findings", "--write", str(tmp_path / "new"))
    assert told.code == 0 and "no manifest can be narrowed" in told.err
    assert terminal("access", "findings", "--days", "0").code == 2
