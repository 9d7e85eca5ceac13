"""`clawband leak` and `clawband scan secrets --ours` before a running server."""

import pytest

NEW = ("--environment", "dev", "--kind", "api key", "--purpose", "orders")


@pytest.fixture
def kept(terminal):
    """A secret with a value that a scan recognises."""
    made = terminal("honeytoken", "plant", "--kind", "github", "--where", "a drill", "--json").json
    value = made["text"].partition("=")[2]
    terminal("honeytoken", "remove", made["honeytoken"]["id"])
    terminal("secret", "add", "ci/token", *NEW)
    terminal("secret", "set", "ci/token", given=value)
    yield value
    terminal("secret", "remove", "ci/token")


def test_from_the_report_to_the_end(terminal, kept):
    opened = terminal("leak", "open", "ci/token", "--how", "it was in a chat")
    name = opened.out.partition(":")[0]
    assert "ci/token leaked; due" in opened.out and "stop lending it" in opened.err
    assert terminal("leak", "open", "ci/token", "--how", "again").code == 4
    assert "minutes left" in terminal("leak", "list").out
    taken = terminal("leak", "take", name, "contain")
    assert taken.out.startswith("contain done: lent to nobody any more")
    assert terminal("leak", "take", name, "review").code == 0
    marked = terminal("leak", "mark", name, "rotate", "--says", "replaced on its page")
    assert marked.out == "rotate done: replaced on its page\n"
    assert terminal("leak", "assign", name, "prove", "ada").out == "ada answers for prove\n"
    shown = terminal("leak", "show", name).out
    assert "replaced on its page" in shown and "ada" in shown and kept not in shown
    assert terminal("leak", "close", name).code == 4
    closed = terminal("leak", "close", name, "--accept", "the issuer is gone", "--json")
    assert closed.json["leak"]["accepted"] == "the issuer is gone"
    assert "no leak is open" in terminal("leak", "list").out
    assert "closed by" in terminal("leak", "list", "--all").out
    assert terminal("leak", "show", "none").code == 3
    assert terminal("leak", "open", "--how", "which?").code == 2


def test_by_its_value_and_by_a_scan(terminal, kept, tmp_path):
    opened = terminal("leak", "open", "--value-from-stdin", "--how", "seen", given=kept + "\n")
    name = opened.out.partition(":")[0]
    terminal("leak", "close", name, "--accept", "a drill")
    token = terminal("honeytoken", "plant", "--kind", "npm", "--where", "a folder", "--json").json
    (tmp_path / "a.env").write_text(f"TOKEN={kept}\n")
    (tmp_path / "b.env").write_text(token["text"])
    scanned = terminal("scan", "secrets", str(tmp_path), "--ours")
    assert scanned.code == 1 and "a.env:1 is the kept secret ci/token" in scanned.err
    assert f"b.env:1 is the honeytoken {token['honeytoken']['id']}" in scanned.err
    assert "1 secret in 2 texts" in scanned.err and kept not in scanned.out + scanned.err
    (leak,) = terminal("leak", "list", "--json").json
    assert leak["copies"][0]["where"] == f"{tmp_path}/a.env:1" and leak["by"] == ""
    terminal("leak", "close", leak["id"], "--accept", "a drill")
    terminal("honeytoken", "remove", token["honeytoken"]["id"])
