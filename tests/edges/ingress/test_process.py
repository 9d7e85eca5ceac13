"""The program of the doors goes away, or its server does: nobody stays in who cannot be put out."""

import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.edges.ingress.fronting import fronted, head_of, rest


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLAWBAND_MASTER", "a master key")
        with fronted(tmp_path_factory.mktemp("door")) as found:
            yield found


def until(look, seconds=15):
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.mark.slow
def test_a_server_that_falls_silent_takes_everybody_along(front):
    """As when it hangs: the program ends by itself."""
    cookie = f"Cookie: {front.came()[0]}"
    before = front.ingress.process.pid
    with front.upgrade("/ws", cookie) as client:
        head_of(client)
        began = time.monotonic()
        front.served.loop.call_soon_threadsafe(time.sleep, 11)
        assert rest(client) == b"\x88\x02\x03\xf0"
        assert time.monotonic() - began < 11
    until(lambda: front.ingress.process.pid != before)


def test_a_program_that_is_killed_is_started_again_and_who_is_out_meanwhile_is_out(front):
    cookie, out = f"Cookie: {front.came()[0]}", front.came("viewer")
    assert front.request("GET / HTTP/1.1", f"Cookie: {out[0]}").startswith(b"HTTP/1.1 200")
    with front.upgrade("/ws", cookie) as client:
        head_of(client)
        before = front.ingress.process.pid
        os.kill(before, signal.SIGKILL)
        service = front.house.service
        front.run(service.operators.sign_out(service.operators.still(out[1].session)))
        assert rest(client) == b""
    until(lambda: front.ingress.process.pid != before)
    assert front.request("GET / HTTP/1.1", cookie).startswith(b"HTTP/1.1 200")
    assert front.request("GET / HTTP/1.1", f"Cookie: {out[0]}").startswith(b"HTTP/1.1 401")


def test_it_holds_no_file_and_no_socket_but_its_own(front):
    """Neither the store nor a key of the server is open in the process that strangers speak to."""
    found = subprocess.run(
        ["ls", "-l", f"/proc/{front.ingress.process.pid}/fd"], capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert "clawband.db" not in found and ".key" not in found


def test_it_has_nothing_of_the_environment_in_which_a_master_key_may_be(front):
    found = Path(f"/proc/{front.ingress.process.pid}/environ").read_bytes()
    assert b"PATH=" in found and b"CLAWBAND_MASTER" not in found


def test_people_on_one_connection_have_one_each_to_the_gateway(front):
    """As behind a proxy that sends several people's requests over one."""
    inside, other = (f"Cookie: {front.came(role)[0]}" for role in ("operator", "viewer"))
    behind, with_us = front.behind, f"GET / HTTP/1.1\r\nHost: {front.host}\r\n"
    before = behind.opened
    with front.connect() as client:
        for cookie in (inside, inside, other):
            client.sendall(f"{with_us}{cookie}\r\n\r\n".encode())
            length = re.search(rb"Content-Length: (\d+)", head_of(client))
            assert length
            client.recv(int(length[1]), socket.MSG_WAITALL)
    assert behind.opened - before == 2
