"""Broken glass from the command line, before a real server."""

from tests.edges.cli.terminal import Terminal


def test_from_the_envelopes_to_the_review(terminal: Terminal) -> None:
    one, two, three = terminal("break-glass", "seal", "--codes", "3").out.split()
    assert "codes sealed" in terminal("break-glass", "list").err
    begin = ("break-glass", "first", "--purpose", "stop \x1b[2J it", "--code-stdin")
    wrong = terminal("--as", "olga", *begin, given="aaaa-bbbb\n")
    assert wrong.code == 5 and "not one of those" in wrong.err
    begun = terminal("--as", "olga", *begin, given=f"{one}\n")
    assert begun.code == 0, begun
    named = begun.out.strip().removeprefix("half broken: ")
    second = ("break-glass", "second", named, "--code-stdin")
    assert terminal("--as", "olga", *second, given=f"{two}\n").code == 5
    broken = terminal(*second, given=f" {three.upper()} \n")
    assert broken.out.startswith("broken: olga is administrator until "), broken
    assert "olga" in terminal("break-glass", "list").out
    assert terminal("--as", "olga", "pause", "tool", "exec").code == 0
    assert terminal("--as", "olga", "break-glass", "end", named).code == 0
    assert terminal("--as", "olga", "resume", "tool", "exec").code == 5
    shown = terminal("break-glass", "show", named).out
    assert "control:pause" in shown and "glass:break" in shown
    assert len(terminal("break-glass", "show", named, "--json").json["acts"]) == 1
    refused = terminal("break-glass", "review", named, "--findings", "fine")
    assert refused.code == 5 and "can never review it" in refused.err
    (glass,) = terminal("break-glass", "list", "--json").json["glass"]
    assert (glass["stage"], glass["purpose"]) == ("over", "stop \\u{1b}[2J it")
