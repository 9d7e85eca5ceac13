"""What goes on is what was decided, without what was meant for the proxy."""

import pytest

from clawband.network import forward, head
from clawband.network.refusal import Refusal

START = b"POST http://a.example:8080/x?y HTTP/1.1\r\n"
HOST = b"Host: a.example:8080\r\n"


def sent(fields, start=START, **options):
    return forward.request(head.request(start + HOST + fields + b"\r\n"), "guard", **options)


def lines(data):
    return data.decode().removesuffix("\r\n\r\n").split("\r\n")


def test_a_request_goes_on_in_origin_form():
    assert lines(sent(b"Accept: */*\r\nContent-Length: 2\r\n")) == [
        "POST /x?y HTTP/1.1", "Host: a.example:8080", "Accept: */*", "Content-Length: 2",
        "Via: 1.1 guard",
    ]  # fmt: skip


def test_fields_of_this_hop_end_here():
    found = lines(
        sent(
            b"Connection: close, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\n"
            b"Proxy-Authorization: Basic eA==\r\nProxy-Connection: keep-alive\r\n"
            b"Upgrade: h2c\r\nHTTP2-Settings: AA\r\nTransfer-Encoding: chunked\r\nX-Kept: 1\r\n"
        )
    )
    assert found[1:] == [
        "Host: a.example:8080", "X-Kept: 1", "Transfer-Encoding: chunked", "Via: 1.1 guard",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["Host", "content-length", "Authorization", "cookie", "Via"])
def test_a_connection_field_takes_nothing_from_the_other_end(name):
    found = sent(f"Connection: close, {name}\r\nContent-Length: 0\r\n".encode())
    assert isinstance(found, Refusal)
    assert found.category == "connection"


def test_websocket_and_nothing_else_is_asked_for_further_on():
    asks = b"Connection: keep-alive, Upgrade\r\nUpgrade: %b\r\n"
    found = lines(sent(asks % b"WebSocket", upgrade=True))
    assert found[2:4] == ["Connection: Upgrade", "Upgrade: websocket"]
    for other in (b"h2c", b"websocket, h2c", b"TLS/1.0"):
        assert "Upgrade" not in sent(asks % other, upgrade=True).decode()
    assert "Upgrade" not in sent(asks % b"websocket").decode()
    assert "Upgrade" not in sent(b"Upgrade: websocket\r\n", upgrade=True).decode()


@pytest.mark.parametrize(
    "via", ["1.1 guard", "1.0 x, 1.1 GUARD (Clawband)", "1.1 x" + ", 1.1 x" * 10]
)
def test_a_loop_is_noticed(via):
    found = sent(f"Via: {via}\r\n".encode())
    assert isinstance(found, Refusal)
    assert found.category == "loop"


def test_others_in_via_are_kept():
    assert lines(sent(b"Via: 1.1 x\r\nVia: 1.0 y\r\n"))[2:] == [
        "Via: 1.1 x", "Via: 1.0 y", "Via: 1.1 guard",
    ]  # fmt: skip


def test_a_tunnel_has_nothing_to_send_on():
    tunnel = head.request(b"CONNECT a.example:443 HTTP/1.0\r\n\r\n")
    assert forward.request(tunnel, "guard").category == "target"


def test_what_goes_on_is_read_as_the_same():
    for fields in (b"Content-Length: 2\r\n", b"Transfer-Encoding: chunked\r\n", b""):
        first = head.request(START + HOST + fields + b"\r\n")
        again = head.request(forward.request(first, "guard"))
        assert (again.method, again.url, again.body) == (first.method, first.url, first.body)


def test_a_response_goes_back():
    found = head.response(
        b"HTTP/1.0 200 Fine\r\nServer: x\r\nConnection: close\r\nProxy-Authenticate: Basic\r\n"
        b"Set-Cookie: a\r\nSet-Cookie: b\r\n\r\n",
        "GET",
    )
    assert lines(forward.response(found, "guard")) == [
        "HTTP/1.1 200 Fine", "Server: x", "Set-Cookie: a", "Set-Cookie: b", "Via: 1.0 guard",
    ]  # fmt: skip
    wrong = head.response(b"HTTP/1.1 200 OK\r\nConnection: set-cookie\r\n\r\n", "GET")
    assert forward.response(wrong, "guard").category == "connection"
