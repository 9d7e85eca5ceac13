"""What a server answers that is no OpenBao, or none that can answer now."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from clawband.adapters.vaults.bao import Bao
from clawband.adapters.vaults.openbao import OpenBaoVault
from clawband.model.errors import NotFoundError, UnavailableError
from tests.servers.signing_in import kept, settings


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


WAIT = threading.Event()
"""How long the slow one is."""


class Odd(BaseHTTPRequestHandler):
    """Answers each path its own way."""

    def do_GET(self):
        answers = {
            "standby": (307, {"location": "https://elsewhere.test/"}, b""),
            "behind": (429, {}, b""),
            "strange": (200, {}, b"<html>"),
            "list": (200, {}, b"[]"),
            "endless": (200, {}, b"x" * (2 << 20)),
            "broken": (500, {}, b'{"errors": ["no storage\\u0000"]}'),
        }
        place = self.path.split("/")[4].split("?")[0]
        if place == "slow":
            WAIT.wait(10)
            return
        status, headers, body = answers[place]
        self.send_response(status)
        for each in headers.items():
            self.send_header(*each)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass  # the client had enough

    def log_message(self, *_):
        pass


@pytest.fixture
def odd(tmp_path, clock):
    server = HTTPServer(("127.0.0.1", 0), Odd)
    WAIT.clear()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    token = kept(tmp_path / "token", "t")
    given = settings(Url(url), authorities="", token_file=token, seconds=1)
    vault = OpenBaoVault(Bao(given, clock), "secret")
    yield vault
    vault.close()
    WAIT.set()
    server.shutdown()
    thread.join()
    server.server_close()


class Url:
    """Where a server would be."""

    authority = ""

    def __init__(self, url):
        self.url = url


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("standby", "answers 307, as a standby does"),
        ("behind", "answers 429, as a standby does"),
        ("endless", "more than a vault does"),
        ("broken", "answers 500 no storage"),
        ("slow", "in time"),
    ],
)
def test_an_odd_answer_is_no_value(odd, place, words):
    with pytest.raises(UnavailableError, match=words):
        odd.read(place, 1)


def test_a_server_that_does_not_answer_is_not_asked_for_each_value(odd, clock):
    with pytest.raises(UnavailableError, match="in time"):
        odd.read("slow", 1)
    with pytest.raises(UnavailableError, match="a moment ago"):
        odd.read("strange", 1)
    WAIT.set()
    clock.now += 5
    with pytest.raises(NotFoundError):
        odd.read("strange", 1)


@pytest.mark.parametrize("place", ["strange", "list"])
def test_an_answer_without_a_value_is_none(odd, place):
    with pytest.raises(NotFoundError):
        odd.read(place, 1)
