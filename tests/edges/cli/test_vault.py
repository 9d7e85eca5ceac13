"""`clawband vault` before a running server."""


def test_status_check_and_rewrap(terminal):
    told = terminal("vault", "status")
    assert told.code == 0
    assert "own" in told.out and "in order" in told.out
    assert "the master key is a file in the state folder" in told.err
    assert terminal("vault", "status", "--json").json["master"]["beside"] is True
    new = ("--environment", "dev", "--kind", "api key", "--purpose", "orders")
    terminal("secret", "add", "vault/key", *new)
    terminal("secret", "set", "vault/key", given="hunter2-hunter2")
    assert "every value is as it was set" in terminal("vault", "check").out
    (checked,) = [
        each for each in terminal("vault", "check", "--json").json if each["secret"] == "vault/key"
    ]
    assert (checked["version"], checked["problem"]) == (1, "")
    assert "wrapped 0" in terminal("vault", "rewrap").out
    assert terminal("vault", "rewrap", "--again", "--json").json["changed"] >= 1
    refreshed = terminal("secret", "refresh", "vault/key")
    assert refreshed.out == "vault/key has version 1\n"


def test_a_damaged_value_is_named_with_its_remedy(terminal):
    new = ("--environment", "dev", "--kind", "api key", "--purpose", "orders")
    terminal("secret", "add", "vault/damaged", *new)
    terminal("secret", "set", "vault/damaged", given="hunter2-hunter2")
    secret = terminal("secret", "show", "vault/damaged", "--json").json
    found = terminal.folder.rglob("vault/*/*")
    newest = max(found, key=lambda path: path.stat().st_mtime_ns)
    whole = newest.read_bytes()
    newest.write_bytes(whole[:-1])
    told = terminal("vault", "check")
    assert told.code == 1
    assert "vault/damaged" in told.out and "restore the vault" in told.out
    newest.write_bytes(whole)
    assert terminal("vault", "check").code == 0
    assert secret["versions"][0]["number"] == 1
