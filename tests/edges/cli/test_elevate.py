"""A role for a while, from the command line, before a real server."""

from tests.edges.cli.terminal import Terminal


def test_asked_granted_used_and_given_back(terminal: Terminal) -> None:
    asked = terminal(
        "--as", "olga", "elevate", "ask", "operator", "--purpose", "stop \x1b[2J it",
        "--minutes", "30",
    )  # fmt: skip
    assert asked.code == 0, asked
    named = asked.out.strip().removeprefix("asked for operator: ")
    refused = terminal("--as", "olga", "elevate", "grant", named)
    assert refused.code == 5 and "can never grant it" in refused.err
    granted = terminal("elevate", "grant", named)
    assert granted.code == 0 and granted.out.startswith("olga has the role operator until ")
    assert terminal("--as", "olga", "pause", "tool", "exec").code == 0
    listed = terminal("elevate", "list")
    assert named in listed.out and "granted" in listed.out and "ada" in listed.out
    assert "stop \\u{1b}[2J it" in listed.out
    (one,) = terminal("elevate", "list", "--json").json["elevations"]
    assert (one["person"], one["role"], one["open"]) == ("olga", "operator", True)
    ended = terminal("--as", "olga", "elevate", "end", named)
    assert ended.out == "ended: olga no longer has the role operator\n"
    assert terminal("--as", "olga", "resume", "tool", "exec").code == 5
    shown = terminal("elevate", "show", named).out
    assert shown.index("elevation:grant") < shown.index("elevation:end") < shown.index("pause")
    assert len(terminal("elevate", "show", named, "--json").json["acts"]) == 1


def test_a_no_has_a_reason_and_what_is_wrong_is_said(terminal: Terminal) -> None:
    asked = terminal("--as", "olga", "elevate", "ask", "builder", "--purpose", "release 7")
    named = asked.out.strip().rpartition(" ")[2]
    assert terminal("elevate", "refuse", named, "--because", "tomorrow").out == f"refused {named}\n"
    (one,) = terminal("elevate", "list", "--json").json["elevations"]
    assert (one["stage"], one["note"], one["closed_by"]) == ("refused", "tomorrow", "ada")
    assert terminal("elevate", "grant", named).code == 4
    assert terminal("elevate", "show", "elv_none").code == 3
    assert terminal("elevate", "ask", "god", "--purpose", "x").code == 2
    assert terminal("elevate", "ask", "builder", "--purpose", " ").code == 2
