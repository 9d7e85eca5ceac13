"""Signing in with a second factor, one's sign-ins, and inviting somebody, at a terminal."""

import time
from collections.abc import Iterator

import pyotp
import pytest

from tests.edges.cli.terminal import Terminal, server


@pytest.fixture(scope="module")
def terminal(tmp_path_factory) -> Iterator[Terminal]:
    """One of its own: what somebody proves themselves with stays changed."""
    with server(tmp_path_factory.mktemp("sign-in")) as running:
        yield running


def test_a_code_is_asked_for_once_there_is_a_device(terminal):
    signed = terminal("login", "olga", "--password-stdin", given=terminal.passwords["olga"] + "\n")
    assert signed.code == 0, signed.err
    assert "nothing else" in terminal("credential", "list").out
    asked = terminal("credential", "add-device", "--code-stdin", given="000000\n")
    assert asked.code == 5 and "code is wrong" in asked.err
    secret = next(line.split()[1] for line in asked.out.splitlines() if line.startswith("secret"))
    made = pyotp.TOTP(secret)
    while int(time.time()) % 30 > 26:  # or the code would end while it is typed
        time.sleep(0.5)
    step = int(time.time()) // 30
    added = terminal("credential", "add-device", "--code-stdin", given=made.at(step * 30) + "\n")
    assert added.code == 0, added.err
    codes = terminal("credential", "recovery-codes", "--json").json["codes"]
    assert len(codes) == 10
    held = terminal("credential", "list", "--json").json
    assert held["one_time"] and held["recovery_codes"] == 10

    password = terminal.passwords["olga"]
    later = made.at((step + 1) * 30)
    for given, code in (
        (f"{password}\n", 5), (f"{password}\n000000\n", 5), (f"{password}\n{later}\n", 0),
        (f"{password}\n{later}\n", 5), (f"{password}\n{codes[0]}\n", 0),
    ):  # fmt: skip
        assert terminal("login", "olga", "--password-stdin", given=given).code == code
    assert terminal("prove", "--code-stdin", given=codes[1] + "\n").code == 0
    assert terminal("prove", "--code-stdin", given=codes[1] + "\n").code == 5
    assert terminal("whoami").out.startswith("olga (approver)")
    kept = terminal("credential", "remove", "one-time")
    assert kept.code == 4 and "last second factor" in kept.err
    fresh = "an entirely new password"
    changed = terminal("credential", "password", "--password-stdin", given=f"\n{fresh}\n")
    assert changed.code == 0 and terminal("whoami").code == 0
    assert terminal("credential", "remove", "recovery").code == 0


def test_sign_ins_are_listed_and_ended(terminal):
    given = terminal.passwords["ada"] + "\n"
    assert terminal("login", "ada", "--password-stdin", given=given).code == 0
    listed = terminal("sessions", "list", "--json").json["sessions"]
    assert len(listed) >= 2 and listed[0]["current"]
    shown = terminal("sessions", "list").out
    assert "this terminal" in shown and listed[1]["id"][:12] in shown
    assert terminal("sessions", "end", listed[1]["id"][:12]).code == 0
    assert terminal("sessions", "end", "nothing").code == 3
    assert (
        terminal("sessions", "end").code == terminal("sessions", "end", "x", "--others").code == 2
    )
    assert terminal("sessions", "end", "--others").code == 0
    assert len(terminal("sessions", "list", "--json").json["sessions"]) == 1


def test_somebody_is_invited(terminal):
    made = terminal("--as", "ada", "operator", "invite", "noor", "--role", "auditor")
    assert made.code == 0 and "/welcome/" in made.out and "noor alone" in made.err
    assert "noor" in terminal("--as", "ada", "operator", "invited").out
    assert terminal("--as", "ada", "operator", "invite", "noor").code == 2
    again = terminal(
        "--as", "ada", "operator", "invite", "noor", "--role", "auditor", "--json"
    ).json
    assert again["link"] not in made.out, "the earlier link is good no longer"
    assert len(terminal("--as", "ada", "operator", "invited", "--json").json["invitations"]) == 1
    assert terminal("--as", "ada", "operator", "uninvite", "noor").code == 0
    assert terminal("--as", "ada", "operator", "uninvite", "noor").code == 3
    assert "nobody is invited" in terminal("--as", "ada", "operator", "invited").out
    known = terminal("--as", "ada", "operator", "invite", "olga")
    assert known.code == 4 and "operator recover olga" in known.err
    made = terminal("--as", "ada", "operator", "recover", "olga")
    assert made.code == 0 and "/welcome/" in made.out and "olga alone" in made.err
    assert terminal("--as", "olga", "operator", "uninvite", "olga").code == 0, "her own account"
