"""`clawband certificate`: made where its key stays, issued by an administrator, and ended."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edges.cli.terminal import Terminal, server

SHOP = '[[certificate]]\nname = "shop"\nnames = ["shop.example.com"]\n'


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    with server(tmp_path_factory.mktemp("tls"), SHOP) as running:
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
        return next(str(each["serial"]) for each in listed if each["use"] == "server")

    before = serial()
    assert terminal("certificate", "renew", "shop").code == 0 and serial() != before
    assert terminal("certificate", "renew", "other").code == 3


def test_a_file_that_is_no_request_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    wrong = tmp_path / "request.pem"
    issue = ("certificate", "issue", "sample", "--request", str(wrong), "--out", str(tmp_path))
    for text in (b"nothing", b"\xff"):
        wrong.write_bytes(text)
        assert terminal(*issue).code == 2
