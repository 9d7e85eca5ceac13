"""Service accounts and keys from the command line."""

import pytest

from tests.edges.cli.terminal import Terminal


def test_a_key_is_told_once_and_used_from_the_environment(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in ("account", "key"):
        assert terminal(words, "list").out == "there is none\n"
    purpose = "publishes policy \x1b[2J"
    bad = terminal("account", "add", "ci", "--owner", "olga", "--purpose", purpose)
    assert bad.code == 2 and "U+001B" in bad.err
    added = terminal("account", "add", "ci", "--owner", "olga", "--purpose", "publishes policy")
    assert added.out == "added ci; olga answers for it\n"
    made = terminal("key", "add", "ci", "--may", "look", "--may", "export")
    assert made.code == 0 and made.out.startswith("cbk_") and made.out.count("\n") == 1
    assert "shown once; ci may export, look" in made.err
    listed = terminal("key", "list").out
    assert "export, look" in listed and made.out.strip() not in listed
    with monkeypatch.context() as program:
        program.setenv("CLAWBAND_TOKEN", made.out.strip())
        assert terminal("status").code == 0
        refused = terminal("pause", "tool", "exec")
        assert refused.code == 5 and "its key does not name this act" in refused.err
        assert "never a service account" in terminal("operator", "remove", "olga").err
    (kept,) = terminal("key", "list", "--json").json["keys"]
    assert kept["used"] and kept["acts"] == ["export", "look"]


def test_rotated_revoked_given_away_and_removed(terminal: Terminal) -> None:
    assert terminal("account", "add", "bot", "--owner", "olga", "--purpose", "reads").code == 0
    old = terminal("key", "add", "bot", "--may", "look", "--json").json
    new = terminal("key", "rotate", old["id"], "--hours", "1", "--json").json
    assert new["key"] != old["key"] and new["account"] == "bot"
    again = terminal("key", "rotate", old["id"])
    assert again.code == 4 and "replaced" in again.err
    assert "replaced" in terminal("key", "list").out
    assert terminal("key", "revoke", new["id"]).code == 0
    assert terminal("key", "revoke", new["id"]).code == 3
    assert terminal("account", "give", "bot", "nobody").code == 3
    assert terminal("account", "give", "bot", "ada").out == "ada answers for bot now\n"
    assert "ada" in terminal("account", "list").out
    assert terminal("account", "remove", "bot").code == 0
    names = [each["name"] for each in terminal("account", "list", "--json").json["accounts"]]
    assert "bot" not in names


def test_what_a_key_cannot_have(terminal: Terminal) -> None:
    assert terminal("account", "add", "x", "--owner", "ada", "--purpose", "p").code == 0
    for act in ("administer", "decide-approval", "fly"):
        refused = terminal("key", "add", "x", "--may", act)
        assert refused.code == 2 and "expected acts out of look" in refused.err
    assert terminal("key", "add", "x", "--may", "look", "--days", "366").code == 2
