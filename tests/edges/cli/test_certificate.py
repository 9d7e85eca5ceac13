"""`clawband certificate`: made where its key stays, issued by an administrator, and ended."""

import json
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clawband.edges.cli import keyed
from examples.sample.gateway import free_port
from tests.edges.cli.terminal import ROOT, Terminal, server

PROVIDER = ROOT / "src" / "clawband" / "provider" / "run.py"
NEW = ("--environment", "dev", "--kind", "api key", "--purpose", "orders")

HOST = "127.0.0.2"
SHOP = '[[certificate]]\nname = "shop"\nnames = ["shop.example.com"]\n'


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    listen = f"{HOST}:{free_port()}"
    link = f'[link]\nlisten = "{listen}"\nnames = ["{HOST}"]\n'
    with server(tmp_path_factory.mktemp("tls"), link + SHOP) as running:
        running.link = f"https://{listen}"
        yield running


def test_a_gateway_elsewhere_is_given_one(terminal: Terminal, tmp_path: Path) -> None:
    there = tmp_path / "there"
    asked = terminal("certificate", "request", str(there), "--json")
    assert asked.json == {"request": str(there / "request.pem")}
    key = (there / "gateway.key").read_text()
    assert stat.S_IMODE((there / "gateway.key").stat().st_mode) == 0o600
    again = terminal("certificate", "request", str(there))
    assert again.code == 4 and (there / "gateway.key").read_text() == key
    issue = ("certificate", "issue", "sample", "--request", str(there / "request.pem"))
    told = terminal(*issue, "--out", str(there), "--days", "30")
    assert told.code == 0 and "put both beside its key" in told.out
    assert (there / "gateway.pem").read_text().count("BEGIN CERTIFICATE") == 2
    assert terminal("certificate", "trust").out == (there / "clawband.pem").read_text()
    listed = terminal("certificate", "list", "--json").json["certificates"]
    (mine,) = [each for each in listed if each["use"] == "gateway"]
    assert "29 d" in terminal("certificate", "list").out
    ended = terminal("certificate", "revoke", mine["serial"], "--because", "sold")
    assert ended.out == f"revoked {mine['serial']}\n"
    assert "revoked: sold" in terminal("certificate", "list").out.replace("\n", " ")


def test_what_a_door_shows_is_renewed_now(terminal: Terminal) -> None:
    def serial() -> str:
        listed = terminal("certificate", "list", "--json").json["certificates"]
        return next(str(each["serial"]) for each in listed if each["name"] == "shop")

    before = serial()
    assert terminal("certificate", "renew", "shop").code == 0 and serial() != before
    assert terminal("certificate", "renew", "other").code == 3


def test_a_file_that_is_no_request_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    wrong = tmp_path / "request.pem"
    issue = ("certificate", "issue", "sample", "--request", str(wrong), "--out", str(tmp_path))
    for text in (b"nothing", b"\xff"):
        wrong.write_bytes(text)
        assert terminal(*issue).code == 2


@pytest.fixture
def there(terminal: Terminal, tmp_path: Path) -> Path:
    """The folder of a gateway on another host, with its certificate."""
    folder = tmp_path / "link"
    terminal("certificate", "request", str(folder))
    issue = ("certificate", "issue", "sample", "--request", str(folder / "request.pem"))
    assert terminal(*issue, "--out", str(folder)).code == 0
    return folder


def test_the_next_one_is_taken_over_the_link_when_it_is_time(
    terminal: Terminal, there: Path
) -> None:
    credential = str(terminal.folder / "credential")
    extend = ("certificate", "extend", str(there), "--credential", credential, "--link")
    before, key = (there / "gateway.pem").read_text(), (there / "gateway.key").read_text()
    assert terminal(*extend, terminal.link, "--json").json == {"extended": False}
    assert (there / "gateway.pem").read_text() == before
    assert terminal(*extend, terminal.link, "--now").out == "took the next certificate\n"
    assert (there / "gateway.pem").read_text() != before
    assert (there / "gateway.key").read_text() == key
    late = datetime.now(UTC) + timedelta(days=61)
    assert keyed.due(there, late) and not keyed.due(there, late - timedelta(days=2))
    away = terminal(*extend, "https://127.0.0.2:9", "--now")
    assert away.code == 6 and "the link gives no answer" in away.err
    assert terminal("certificate", "extend", str(there.parent), *extend[3:], "x", "--now").code == 2
    with socket.create_server(("127.0.0.1", 0)) as plain:
        opened = terminal(*extend, f"http://127.0.0.1:{plain.getsockname()[1]}", "--now")
        assert opened.code == 2 and "in the open" in opened.err
        plain.setblocking(False)
        with pytest.raises(BlockingIOError):
            plain.accept()
    (there / "clawband.pem").write_text("nothing")
    assert terminal(*extend, terminal.link, "--now").code == 6
    (there / "clawband.pem").write_text(terminal("certificate", "trust").out)
    wrong = there / "wrong"
    wrong.write_text("wrong")
    extend = ("certificate", "extend", str(there), "--credential", str(wrong), "--link")
    assert terminal(*extend, terminal.link, "--now").code == 5


def test_secrets_come_over_the_link_to_who_shows_a_certificate(
    terminal: Terminal, there: Path, tmp_path: Path
) -> None:
    terminal("secret", "add", "far/key", *NEW, "--gateway", "sample")
    terminal("secret", "set", "far/key", given="hunter2-hunter2")
    asked = json.dumps({"protocolVersion": 1, "provider": "clawband", "ids": ["far/key"]})

    def provided(folder: Path) -> "subprocess.CompletedProcess[str]":
        command = (PROVIDER, terminal.link, terminal.folder / "credential", folder)
        return subprocess.run(
            [sys.executable, "-IS", *command], input=asked, text=True, capture_output=True,
            check=False,
        )  # fmt: skip

    assert json.loads(provided(there).stdout)["values"] == {"far/key": "hunter2-hunter2"}
    nobody = tmp_path / "nobody"
    keyed.made(nobody)
    (nobody / "clawband.pem").write_bytes((there / "clawband.pem").read_bytes())
    (nobody / "gateway.pem").write_bytes((there / "gateway.pem").read_bytes())
    failed = provided(nobody)
    assert (failed.returncode, failed.stdout) == (1, "") and "no secret" in failed.stderr
