"""`clawband honeytoken` before a running server."""


def test_planted_by_hand_listed_and_removed(terminal):
    made = terminal("honeytoken", "plant", "--kind", "github", "--where", "the old wiki")
    assert made.out.startswith("GITHUB_TOKEN=ghp_") and "put this there" in made.err
    (found,) = terminal("honeytoken", "list", "--json").json
    assert found["where"] == "the old wiki" and found["uses"] == []
    listed = terminal("honeytoken", "list").out
    assert found["id"] in listed and "never" in listed and "ghp_" not in listed
    told = terminal("honeytoken", "plant", "--kind", "aws", "--where", "x", "--json").json
    assert told["text"].count("\n") == 1
    for each in (found["id"], told["honeytoken"]["id"]):
        assert terminal("honeytoken", "remove", each).out == f"removed {each}\n"
    assert "none is planted" in terminal("honeytoken", "list").out
    assert terminal("honeytoken", "remove", "none").code == 3
