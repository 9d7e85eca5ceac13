"""`clawband sso` and `clawband trade`, before a real server and an issuer on loopback."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import uvicorn

from clawband.edges.doors import port
from examples.sample.gateway import free_port
from tests.edges.cli.terminal import Terminal, server
from tests.simulators.clocks import FixedClock
from tests.simulators.issuer import Issuer

RULES = """
[[workload]]
name = "release"
issuer = "{issuer}"
audience = "clawband"
subject = "repo:shop/config:*"
acts = ["look", "publish"]
"""
CLAIMS = {"sub": "repo:shop/config:ref:refs/heads/main", "groups": None}


@dataclass
class Works:
    """A terminal in a CI job, and who signs the job's tokens."""

    terminal: Terminal
    issuer: Issuer


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    at = free_port()
    issuer = Issuer(FixedClock(datetime.now(UTC)), f"http://127.0.0.1:{at}")
    app = uvicorn.Server(uvicorn.Config(issuer.app, log_level="error"))
    with port("127.0.0.1", at, "port") as door:
        thread = threading.Thread(target=lambda: asyncio.run(app.serve(sockets=[door])))
        thread.start()
        try:
            more = RULES.format(issuer=issuer.url)
            with server(tmp_path_factory.mktemp("cli"), more) as terminal:
                yield Works(terminal, issuer)
        finally:
            app.should_exit = True
            thread.join(20)


def test_a_job_signs_in_with_its_token_and_does_what_its_rule_gives(works, tmp_path):
    file = tmp_path / "token"
    file.write_text(works.issuer.token(**CLAIMS, jti="j-1"))
    done = works.terminal("trade", "--token-file", str(file))
    assert done.code == 0, done.err
    assert done.out == "signed in as a workload that may look publish, for 15 minutes\n"
    assert works.terminal("whoami").out.startswith("workload:release")
    assert works.terminal("status").code == 0
    refused = works.terminal("operator", "remove", "olga", "--yes")
    assert refused.code != 0
    again = works.terminal("trade", "--token-file", str(file))
    assert again.code == 2 and "used before" in again.err
    assert works.terminal("--as", "ada", "sso", "list").code == 0


def test_what_is_lent_is_listed_and_ends_early(works):
    lent = works.terminal("trade", "--json", given=works.issuer.token(**CLAIMS, jti="j-3"))
    assert lent.code == 0, lent.err
    admin = ("--as", "ada", "workload")
    told = works.terminal(*admin, "list", "--json").json["lent"]
    assert told[-1]["subject"] == CLAIMS["sub"] and "release" in works.terminal(*admin, "list").out
    one = works.terminal(*admin, "revoke", told[-1]["id"])
    assert one.out == f"revoked {told[-1]['id']}: it opens nothing any more\n"
    assert works.terminal("status").code == 5, "it was this sign-in"
    works.terminal("trade", given=works.issuer.token(**CLAIMS, jti="j-4"))
    assert works.terminal(*admin, "revoke", "release").code == 0
    assert works.terminal(*admin, "list").out == "nothing is lent\n"
    assert works.terminal(*admin, "revoke", "release").code == 3


def test_a_token_comes_by_standard_input_and_less_may_be_asked_for(works):
    token = works.issuer.token(**CLAIMS, jti="j-2")
    done = works.terminal("trade", "--scope", "look", "--json", given=f"{token}\n")
    assert done.json == {"scope": "look", "expires_in": 900}
    assert works.terminal("trade", given="nonsense").code == 2
    assert works.terminal("trade", "--token-file", "/nowhere/at/all").code == 2


def test_nobody_has_come_by_single_sign_on(works):
    listed = works.terminal("--as", "ada", "sso", "list")
    assert listed.out == "nobody has signed in with it yet\n"
    assert works.terminal("--as", "ada", "sso", "list", "--json").json == {
        "provider": "", "links": [],
    }  # fmt: skip
    assert works.terminal("--as", "ada", "sso", "forget", "olga").code == 3
