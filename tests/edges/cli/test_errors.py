"""An error says what and what to do, on standard error, with the exit code of its kind."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.edges.cli.terminal import Terminal


@contextmanager
def answering(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    """A server that always says the same; its address, and the tokens it was sent."""
    tokens: list[str] = []

    class Face(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tokens.append(self.headers.get("authorization", ""))
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Face) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", tokens
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, 2), (404, 3), (409, 4), (401, 5), (403, 5), (503, 6), (500, 70), (418, 70)],
)
def test_each_kind_has_its_code(alone: Terminal, status: int, code: int) -> None:
    problem = {"detail": "what \x1b[2J was wrong", "remedy": "do this"}
    with answering(status, json.dumps(problem).encode()) as (url, _):
        ended = alone("--server", url, "status")
    assert ended.code == code
    assert ended.out == ""
    assert ended.err == "error: what <U+001B>[2J was wrong\n       do this\n"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"detail": 1', b"\xff"])
def test_an_answer_that_is_no_problem_is_an_error_too(alone: Terminal, body: bytes) -> None:
    with answering(500, body) as (url, _):
        assert alone("--server", url, "status").err.startswith("error: the server answered 500")
    with answering(200, b"<html>") as (url, _):
        assert alone("--server", url, "status").code == 6


def test_nobody_there(alone: Terminal) -> None:
    ended = alone("status")
    assert ended.code == 6
    assert "does not answer at `http://127.0.0.1:9`" in ended.err
    assert "clawband up" in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("frob",),
        ("pause", "planet", "x"),
        ("approve",),
        ("activity", "--limit", "0"),
        ("--server", "nonsense", "status"),
        ("--server", "http://[", "status"),
        ("audit", "verify"),
        ("audit", "verify", "x", "--store"),
    ],
)
def test_a_command_typed_wrong(alone: Terminal, arguments: tuple[str, ...]) -> None:
    ended = alone(*arguments)
    assert ended.code in (2, 6)
    assert ended.err.startswith("error: ")
    assert ended.err.count("\n") >= 2
    assert ended.out == ""


def test_settings_that_are_wrong(alone: Terminal) -> None:
    (alone.folder / "clawband.toml").write_text("prot = 1\n")
    ended = alone("status")
    assert ended.code == 2
    assert "unknown key `prot`" in ended.err


def test_a_token_goes_only_to_the_server_that_gave_it(alone: Terminal) -> None:
    (alone.folder / "s").mkdir()
    kept = {"server": "http://127.0.0.1:9", "current": "ada", "tokens": {"ada": "secret"}}
    (alone.folder / "s" / "cli.json").write_text(json.dumps(kept))
    with answering(200, b'{"operator": {"name": "x", "roles": []}}') as (url, tokens):
        alone("--server", url, "whoami")
    assert tokens == [""]


def test_a_token_from_the_environment(alone: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAWBAND_TOKEN", "given")
    with answering(200, b'{"operator": {"name": "x", "roles": []}}') as (url, tokens):
        monkeypatch.setenv("CLAWBAND_SERVER", url)
        assert alone("whoami").code == 0
    assert tokens == ["Bearer given"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"server": "http://127.0.0.1:9"}'])
def test_a_broken_token_file_is_said(alone: Terminal, text: str) -> None:
    (alone.folder / "s").mkdir()
    (alone.folder / "s" / "cli.json").write_text(text)
    ended = alone("status")
    assert ended.code == 2
    assert "clawband login" in ended.err


def test_a_reader_that_goes_away_is_no_error(alone: Terminal) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "clawband", "--help"],
        stdout=write, stderr=subprocess.PIPE, text=True, cwd=alone.folder,
    )  # fmt: skip
    os.close(write)
    assert "Traceback" not in done.stderr
