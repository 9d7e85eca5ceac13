"""Heads that everybody reads alike, and refusals for the rest."""

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.network.framing import CHUNKED, NONE, TUNNEL, Body, Kind
from clawband.network.head import Limits, Request, Response, request, response
from clawband.network.hosts import Authority, Host
from clawband.network.refusal import Refusal

HOST = b"Host: a.example\r\n"
GET = b"GET http://a.example/x?y HTTP/1.1\r\n"


def category(found):
    return found.category if isinstance(found, Refusal) else found


def test_absolute_form():
    found = request(GET + HOST + b"Accept:  */* \t\r\nX:\r\n\r\nrest")
    assert isinstance(found, Request)
    assert (found.method, found.form, found.minor) == ("GET", "absolute", 1)
    assert found.to == Authority(Host("a.example"), 80)
    assert str(found.url) == "http://a.example/x?y"
    assert found.fields == ((b"Host", b"a.example"), (b"Accept", b"*/*"), (b"X", b""))
    assert found.body == NONE
    assert (found.get(b"accept"), found.get(b"missing")) == (b"*/*", b"")
    assert found.size == len(GET + HOST) + len(b"Accept:  */* \t\r\nX:\r\n\r\n")


def test_authority_form():
    found = request(b"CONNECT A.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n")
    assert isinstance(found, Request)
    assert (found.form, found.to, found.url) == (
        "authority", Authority(Host("a.example"), 443), None,
    )  # fmt: skip
    assert found.body == TUNNEL


@pytest.mark.parametrize(
    "head",
    [
        # As Python before 3.12 asks; as those ask who leave the port out of Host.
        b"CONNECT a.example:443 HTTP/1.0\r\n\r\n",
        b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n",
        b"CONNECT [2606:4700::1]:443 HTTP/1.1\r\nHost: [2606:4700::1]:443\r\n\r\n",
    ],
)
def test_connect_as_it_is_met(head):
    assert isinstance(request(head), Request)


def test_origin_form():
    found = request(b"POST /x HTTP/1.1\r\nHost: a.example:81\r\nContent-Length: 2\r\n\r\n{}")
    assert isinstance(found, Request)
    assert (found.form, str(found.url)) == ("origin", "http://a.example:81/x")
    assert found.body == Body(Kind.LENGTH, 2)
    inside = request(b"GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n", scheme="https")
    assert str(inside.url) == "https://a.example/x"
    assert inside.to.port == 443
    assert request(b"GET /x HTTP/1.0\r\n\r\n").to is None


REFUSED = {
    "request-line": [b"GET  http://a.example/ HTTP/1.1", b"GET http://a.example/", b"", b"GET",
                     b"GET http://a.example/ x HTTP/1.1"],
    "version": [b"GET http://a.example/ HTTP/2.0", b"GET http://a.example/ http/1.1",
                b"GET http://a.example/ HTTP/1.10"],
    "method": [b"get http://a.example/ HTTP/1.1", b"G@T http://a.example/ HTTP/1.1",
               b" http://a.example/ HTTP/1.1", b"A" * 33 + b" http://a.example/ HTTP/1.1"],
    "target": [b"GET http://a.example/# HTTP/1.1", b"GET http://\xc3\xbc.example/ HTTP/1.1"],
    "relative": [b"OPTIONS * HTTP/1.1", b"GET a.example/x HTTP/1.1"],
    "scheme": [b"GET ftp://a.example/ HTTP/1.1", b"GET a.example:80 HTTP/1.1"],
    "userinfo": [b"GET http://u:p@a.example/ HTTP/1.1"],
    "port": [b"CONNECT a.example HTTP/1.1", b"CONNECT a.example:0 HTTP/1.1",
             b"CONNECT http://a.example/ HTTP/1.1"],
        "host-mismatch": [b"GET http://b.example/ HTTP/1.1", b"CONNECT b.example:443 HTTP/1.1",
                      b"GET http://a.example:8080/ HTTP/1.1"],
    "sign": [b"GET /<x> HTTP/1.1", b"GET http://a.example/<x> HTTP/1.1"],
    "backslash": [b"GET /x\\y HTTP/1.1"],
    "disguised": [b"CONNECT 127.1:443 HTTP/1.1", b"GET http://2130706433/ HTTP/1.1"],
    "dot-segments": [b"GET /a/../b HTTP/1.1", b"GET http://a.example/%2e%2e/ HTTP/1.1"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("expected", "line"), [(name, line) for name, lines in REFUSED.items() for line in lines]
)
def test_first_lines_that_are_refused(expected, line):
    assert category(request(line + b"\r\n" + HOST + b"\r\n")) == expected


@pytest.mark.parametrize(
    ("expected", "fields"),
    [
        ("hosts", b""),
        ("hosts", HOST + HOST),
        ("hosts", HOST + b"host: b.example\r\n"),
        ("no-host", b"Host:\r\n"),
        ("host-mismatch", b"Host: b.example\r\n"),
        ("host-mismatch", b"Host: a.example:8080\r\n"),
        ("control", b"Host: a.example, b.example\r\n"),
        ("sign", b"Host: a.example,b.example\r\n"),
        ("length-and-chunked", HOST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
        ("length-and-chunked", HOST + b"Transfer-encoding: chunked\r\ncontent-length: 0\r\n"),
        ("lengths", HOST + b"Content-Length: 1\r\nContent-Length: 1\r\n"),
        ("coding", HOST + b"Transfer-Encoding: gzip\r\n"),
        ("coding", HOST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
        ("coding", HOST + b"Transfer-Encoding: \x0bchunked\r\n".replace(b"\x0b", b'"')),
        ("control", HOST + b"Transfer-Encoding: \x0bchunked\r\n"),
        ("control", HOST + b"X: \x00\r\n"),
        ("control", HOST + b"X: \x7f\r\n"),
        ("space-before-colon", HOST + b"Content-Length : 1\r\n"),
        ("space-before-colon", HOST + b"Transfer-Encoding\t: chunked\r\n"),
        ("folded", HOST + b"X: a\r\n b\r\n"),
        ("folded", b" " + HOST),
        ("field", HOST + b": x\r\n"),
        ("field", HOST + b"X\r\n"),
        ("field", HOST + b"X Y: z\r\n"),
        ("field", HOST + "Ü: z\r\n".encode()),
        ("field", HOST + b"X[]: z\r\n"),
        ("lookalike", HOST + b"Content_Length: 1\r\n"),
        ("lookalike", HOST + b"Transfer_Encoding: chunked\r\n"),
        ("line-end", HOST + b"X: a\nContent-Length: 1\r\n"),
        ("line-end", HOST + b"X: a\rContent-Length: 1\r\n"),
        ("line-end", HOST + b"X: a\r\r\n"),
        ("many-fields", HOST + b"X: a\r\n" * 100),
        ("long-field", HOST + b"X: " + b"a" * 16_384 + b"\r\n"),
    ],
)
def test_fields_that_are_refused(expected, fields):
    assert category(request(GET + fields + b"\r\n")) == expected


def test_sizes_are_refused_before_the_head_has_ended():
    limits = Limits(head=64, line=32)
    assert request(b"GET /" + b"a" * 20, limits) is None
    assert category(request(b"GET /" + b"a" * 40, limits)) == "long-line"
    assert category(request(b"GET / HTTP/1.1\r\nX: " + b"a" * 60, limits)) == "long-head"
    assert category(request(b"GET /" + b"a" * 40 + b" HTTP/1.1\r\n\r\n", limits)) == "long-line"
    assert category(request(b"GET / HTTP/1.1\n", limits)) == "line-end"


def test_responses():
    found = response(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "GET")
    assert isinstance(found, Response)
    assert (found.status, found.reason, found.minor, found.body) == (200, b"OK", 1, CHUNKED)
    assert found.get(b"transfer-encoding") == b"chunked"
    assert response(b"HTTP/1.1 200\r\n\r\n", "GET").reason == b""
    assert response(b"HTTP/1.0 404 Not  Found\r\n\r\n", "GET").reason == b"Not  Found"
    assert response(b"HTTP/1.1 200 O", "GET") is None


@pytest.mark.parametrize(
    "line",
    [b"HTTP/2 200", b"HTTP/1.1 20", b"HTTP/1.1 2000 x", b"HTTP/1.1 +20 x", b"HTTP/1.1  200 x",
     b"HTTP/1.1 099 x", b"HTTP/1.1 600 x", b"ICY 200 OK", b""],
)  # fmt: skip
def test_status_lines_that_are_refused(line):
    assert category(response(line + b"\r\n\r\n", "GET")) == "status-line"


def test_a_response_with_two_framings_is_refused():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert category(response(head, "GET")) == "length-and-chunked"


PIECES = st.sampled_from(
    [b"GET ", b"POST ", b"http://a.example/", b"/x", b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", HOST,
     b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"X: y\r\n", b" ", b"\r", b"\n",
     b"\t", b":", b"\x00", b"\r\n", b"\xff", b"A-b", b"_"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map(b"".join))
def test_what_is_taken_is_taken_by_others_too(data):
    found = request(data + b"\r\n\r\n")
    if isinstance(found, Request) and found.minor:
        connection = h11.Connection(h11.SERVER)
        connection.receive_data(data + b"\r\n\r\n")
        event = connection.next_event()
        assert event.method.decode() == found.method
        assert event.target.decode() == found.target
        assert list(event.headers) == [
            (key.lower(), value.lower() if key.lower() == b"transfer-encoding" else value)
            for key, value in found.fields
        ]
