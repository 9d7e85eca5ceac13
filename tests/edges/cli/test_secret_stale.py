"""`clawband secret stale` before a running server."""


def test_what_mends_it_is_told_with_it(terminal):
    new = ("--environment", "dev", "--kind", "api key", "--purpose", "orders")
    terminal("secret", "add", "old/key", *new)
    terminal("secret", "set", "old/key", given="hunter2-hunter2")
    told = terminal("secret", "stale")
    assert told.code == 1 and "nobody" in told.out
    assert "clawband secret remove old/key" in told.out
    found = terminal("secret", "stale", "--json").json
    assert {each["why"] for each in found if each["secret"] == "old/key"} == {"nobody"}
    terminal("secret", "remove", "old/key")
    assert terminal("secret", "stale").code == 0
    assert terminal("secret", "stale", "--days", "0").code == 2
