"""WebSockets through a front door: frame by frame, until one side leaves or somebody is out."""

import time

import pytest

from tests.edges.ingress.fronting import HEADER, fronted, head_of, rest

HELLO = b"\x81\x85\x00\x00\x00\x00hello"


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    with fronted(tmp_path_factory.mktemp("door"), sockets=3, message_bytes=50_000) as found:
        yield found


@pytest.fixture
def inside(front):
    return f"Cookie: {front.came()[0]}"


def test_frames_go_both_ways(front, inside):
    with front.upgrade("/ws", inside, "Sec-WebSocket-Extensions: permessage-deflate") as client:
        assert head_of(client).startswith(b"HTTP/1.1 101 ")
        for _ in range(3):
            client.sendall(HELLO)
            assert client.recv(100) == b"\x81\x05hello"
        for byte in HELLO:
            client.sendall(bytes([byte]))
        assert client.recv(100) == b"\x81\x05hello"
    _, fields, _ = front.behind.requests[-1]
    assert fields[HEADER] == "operator" and "sec-websocket-extensions" not in fields


def test_a_frame_that_comes_with_the_request_is_not_lost(front, inside):
    with front.upgrade("/ws", inside) as client:
        client.sendall(HELLO)
        head_of(client)
        assert client.recv(100) == b"\x81\x05hello"


@pytest.mark.parametrize(
    ("fields", "origin", "status"),
    [
        ([], "", b"401"),
        (["Cookie: clawband-door=guessed"], "", b"401"),
        (["{c}"], "https://evil.example", b"403"),
        (["{c}"], "null", b"403"),
        (["{c}", "Origin: https://evil.example"], "", b"403"),
        (["{c}", "Content-Length: 3"], "", b"400"),
        (["{c}", "Transfer-Encoding: chunked"], "", b"400"),
        (["{c}", "Upgrade: h2c"], "", b"400"),
        (["{c}", "Sec-WebSocket-Version: 8"], "", b"400"),
    ],
)
def test_who_may_not_is_not_changed_to_websocket(front, inside, fields, origin, status):
    before = len(front.behind.requests)
    with front.upgrade(
        "/ws", *(each.replace("{c}", inside) for each in fields), origin=origin
    ) as c:
        answer = head_of(c)
    assert answer.split(b" ")[1] == status
    assert len(front.behind.requests) == before


def test_an_extension_that_nobody_asked_for_ends_it(front, inside):
    with front.upgrade("/extended", inside) as client:
        assert head_of(client).split(b" ")[1] == b"502"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x81\x05hello", 1002),
        (b"\xc1\x85\x00\x00\x00\x00hello", 1002),
        (b"\x83\x80\x00\x00\x00\x00", 1002),
        (b"\x82\xff" + (60_000).to_bytes(8) + bytes(4), 1002),
        (b"\x82\xfe" + (60_000).to_bytes(2) + bytes(4), 1009),
        (b"\x82\xff" + (1 << 40).to_bytes(8) + bytes(4), 1009),
    ],
)
def test_a_frame_that_breaks_the_rules_ends_it(front, inside, sent, code):
    with front.upgrade("/ws", inside) as client:
        head_of(client)
        client.sendall(sent)
        assert rest(client) == b"\x88\x02" + code.to_bytes(2)


def test_they_are_out_in_less_than_a_second(front):
    cookie, guest = front.came("viewer")
    with (
        front.upgrade("/talk", f"Cookie: {cookie}") as talking,
        front.upgrade("/ws", f"Cookie: {cookie}") as quiet,
    ):
        head_of(talking), head_of(quiet)
        assert talking.recv(100)
        began = time.monotonic()
        service = front.house.service
        front.run(service.operators.sign_out(service.operators.still(guest.session)))
        assert rest(quiet) == b"\x88\x02\x03\xf0"
        rest(talking)
        assert time.monotonic() - began < 1
    with front.upgrade("/ws", f"Cookie: {cookie}") as again:
        assert head_of(again).split(b" ")[1] == b"401"


def test_one_person_has_only_so_many(front, inside):
    clients = [front.upgrade("/ws", inside) for _ in range(3)]
    assert all(b" 101 " in head_of(each) for each in clients)
    with front.upgrade("/ws", inside) as client:
        assert head_of(client).split(b" ")[1] == b"429"
    for each in clients:
        each.close()
    end = time.monotonic() + 5
    while True:
        with front.upgrade("/ws", inside) as client:
            if b" 101 " in head_of(client):
                return
        assert time.monotonic() < end


def test_a_client_that_leaves_is_told_to_the_gateway(front, inside):
    time.sleep(0.2)
    before = front.behind.open
    client = front.upgrade("/ws", inside)
    head_of(client)
    assert front.behind.open == before + 1
    client.close()
    end = time.monotonic() + 5
    while front.behind.open > before:
        assert time.monotonic() < end
