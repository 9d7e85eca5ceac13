"""Connections that are carried: both ways, to their end, and none when there is nobody."""

import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time

import pytest

from examples.sample.gateway import free_port


class Echo(socketserver.BaseRequestHandler):
    """Says back what it was told, once it was told all of it."""

    def handle(self) -> None:
        told = b""
        while more := self.request.recv(65_536):
            told += more
        self.request.sendall(told[::-1])


@pytest.fixture
def echo():
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def relayed(tmp_path, echo):
    """A loopback port that leads over two relays and a unix socket to the echo."""
    port, lost, path = free_port(), free_port(), f"unix:{tmp_path}/way"
    pairs = [f"{path}=127.0.0.1:{echo}", f"127.0.0.1:{port}={path}", f"127.0.0.1:{lost}=unix:/no"]
    process = subprocess.Popen([sys.executable, "-m", "clawband", "contain", "relay", *pairs])
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", lost), 1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield port, lost
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def said(port, text):
    with socket.create_connection(("127.0.0.1", port), 5) as line:
        line.sendall(text)
        line.shutdown(socket.SHUT_WR)
        heard = b""
        while more := line.recv(65_536):
            heard += more
        return heard


def test_all_of_it_arrives_and_comes_back(relayed):
    port, _ = relayed
    text = os.urandom(1 << 20)
    assert said(port, text) == text[::-1]
    assert said(port, b"") == b""


def test_a_way_that_leads_nowhere_is_closed(relayed):
    _, lost = relayed
    try:
        assert said(lost, b"x") == b""
    except OSError:
        pass  # closed before we spoke


@pytest.mark.parametrize("wrong", ["x", "127.0.0.1:80", "127.0.0.1:80=there", "unix:=127.0.0.1:1"])
def test_what_is_no_way_is_refused(wrong):
    done = subprocess.run(
        [sys.executable, "-m", "clawband", "contain", "relay", wrong],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2 and "expected `ADDRESS:PORT`" in done.stderr
