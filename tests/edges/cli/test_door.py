"""`clawband door`: who is through, and a gateway behind it by its file."""

import json
import stat
from collections.abc import Iterator

import pytest

from examples.sample.gateway import free_port
from tests.edges.cli.terminal import Terminal, server

CONFIG = {"gateway": {"port": 9, "auth": {"mode": "token", "token": "t0k3n-of-the-operator"}}}


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    folder, port = tmp_path_factory.mktemp("front"), free_port()
    folder.joinpath("openclaw.json").write_text(json.dumps(CONFIG, indent=2))
    token = folder / "token"
    token.touch(0o600)
    token.write_text("t0k3n-of-the-operator\n")
    more = (
        f'[[gateway]]\nname = "sample"\nurl = "ws://127.0.0.1:{free_port()}"\n'
        f'token_file = "token"\nconfig = "openclaw.json"\n'
        f'[[door]]\nname = "shop"\ngateway = "sample"\nlisten = "127.0.0.1:{port}"\n'
        f'origin = "http://shop.localhost:{port}"\n'
        '[door.roles]\noperator = ["operator.write", "operator.read"]\n'
    )
    with server(folder, more) as terminal:
        yield terminal


def test_the_doors_are_listed(front: Terminal) -> None:
    told = front("door", "list")
    assert told.code == 0 and "shop" in told.out and "nobody" in told.out
    (door,) = front("door", "list", "--json").json
    assert (door["gateway"], door["people"]) == ("sample", [])
    assert door["roles"] == {"operator": ["operator.write", "operator.read"]}


def test_there_and_back(front: Terminal) -> None:
    config = front.folder / "openclaw.json"
    tried = front("door", "attach", "shop", "--dry-run")
    assert (tried.code, json.loads(config.read_text())) == (0, CONFIG)
    assert "trusted-proxy" in tried.out and "t0k3n" not in tried.out + tried.err

    done = front("door", "attach", "shop", "--yes")
    assert done.code == 0, done
    header = json.loads(config.read_text())["gateway"]["auth"]["trustedProxy"]["userHeader"]
    assert header.startswith("x-clawband-") and len(header) == 63
    assert header not in tried.out + done.out + done.err
    assert "people reach sample at http://shop.localhost" in done.out
    note = front.folder / "s" / "attached" / "sample.door.json"
    assert stat.S_IMODE(note.stat().st_mode) == 0o600 and "t0k3n" not in note.read_text()
    assert "nothing changes" in front("door", "attach", "shop", "--yes").out

    written = json.loads(config.read_text())
    written["agents"] = {"new": True}
    config.write_text(json.dumps(written))
    gone = front("door", "detach", "shop", "--yes")
    assert gone.code == 0, gone
    assert json.loads(config.read_text()) == {**CONFIG, "agents": {"new": True}}
    assert front("door", "detach", "shop", "--yes").code == 4


def test_a_door_that_nobody_named(front: Terminal) -> None:
    assert front("door", "attach", "gone", "--yes").code == 3


def test_without_doors_it_says_how_to_have_one(terminal: Terminal) -> None:
    assert "names no [[door]]" in terminal("door", "list").out + terminal("door", "list").err
