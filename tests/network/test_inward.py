"""What a front door lets in: no identity but the door's, no other site's request, one protocol."""

import base64

import pytest

from clawband.network import head, inward
from clawband.network.head import Request, Response
from clawband.network.inward import Comer, Front
from clawband.network.refusal import Refusal

FRONT = Front("https://shop.example.com", "x-clawband-0123")
ADA = Comer("ada", ("operator.read", "operator.write"), "203.0.113.9")
KEY = base64.b64encode(bytes(16)).decode()
SOCKET = (
    "Connection: keep-alive, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
    f"Sec-WebSocket-Key: {KEY}", f"Origin: {FRONT.origin}",
)  # fmt: skip


def asked(*fields, line="GET /a?b=c HTTP/1.1", host="shop.example.com"):
    data = "\r\n".join((line, f"Host: {host}", *fields, "", "")).encode("latin-1")
    found = head.request(data, scheme="https")
    assert isinstance(found, Request), found
    return found


def wrong(*fields, **more):
    found = inward.unfit(asked(*fields, **more), FRONT)
    return found.category if found else ""


def sent(*fields, comer=ADA, **more):
    """The fields that the gateway gets, by lower-case name; none has two values."""
    told = inward.head(asked(*fields, **more), FRONT, comer)
    assert isinstance(told, bytes), told
    lines = told.decode("latin-1").split("\r\n")[1:-2]
    pairs = [line.split(": ", 1) for line in lines]
    found = {key.lower(): value for key, value in pairs}
    assert len(found) == len(pairs)
    return found


def test_the_gateway_is_told_who_comes_and_from_where():
    found = sent("Accept: text/html")
    assert found == {
        "host": "shop.example.com", "accept": "text/html", "x-clawband-0123": "ada",
        "x-forwarded-for": "203.0.113.9", "x-forwarded-host": "shop.example.com",
        "x-forwarded-proto": "https", "x-openclaw-scopes": "operator.read,operator.write",
    }  # fmt: skip


@pytest.mark.parametrize(
    "field",
    [
        "X-Clawband-0123: root", "x-clawband-0123: root", "X_Clawband_0123: root",
        "X-Forwarded-For: 1.2.3.4", "X-FORWARDED-FOR: 1.2.3.4", "X_Forwarded_For: 1.2.3.4",
        "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: http", "X-Forwarded-User: root",
        "Forwarded: for=1.2.3.4", "X-Real-IP: 1.2.3.4", "X-Openclaw-Scopes: operator.admin",
        "X_OpenClaw_Scopes: operator.admin", "X-OpenClaw-Token: t", "X-OpenClaw-Password: t",
        "X-OpenClaw-Message-Channel: a", "Authorization: Bearer t", "Tailscale-User-Login: a",
        "Proxy-Authorization: Basic eA==", "X-Original-URL: /admin", "X-HTTP-Method-Override: PUT",
        "Via: 1.1 x", "True-Client-IP: 1.2.3.4", "X-Whatever-Comes-Next: 1",
        "Sec-WebSocket-Key: x", "Upgrade-Insecure-Requests: 1",
    ],
)  # fmt: skip
def test_nobody_writes_an_identity_into_a_request(field):
    assert sent(field) == sent()
    assert sent(field, field.replace("root", "x")) == sent()


def test_a_client_on_this_machine_is_nowhere():
    assert sent(comer=Comer("ada", (), "127.0.0.1"))["x-forwarded-for"] == "192.0.0.8"
    assert sent(comer=Comer("ada", (), "::1"))["x-forwarded-for"] == "192.0.0.8"
    assert sent(comer=Comer("ada", (), "::1"))["x-openclaw-scopes"] == ""


def test_cookies_of_ours_stay_here_and_those_of_the_gateway_go_on():
    found = sent("Cookie: a=1; __Host-clawband-door=s; Clawband=t", "Cookie: b=2")
    assert found["cookie"] == "a=1; b=2"
    assert "cookie" not in sent("Cookie: __Host-clawband-door=s")


def test_a_cookie_with_two_values_is_none():
    assert inward.cookie(asked("Cookie: x=1; y=2"), "y") == "2"
    assert inward.cookie(asked("Cookie: x=1; x=2"), "x") == ""
    assert inward.cookie(asked("Cookie: x=1", "Cookie: x=1"), "x") == ""
    assert inward.cookie(asked(), "x") == ""


@pytest.mark.parametrize(
    ("more", "category"),
    [
        ({}, ""),
        ({"host": "SHOP.example.com"}, ""),
        ({"host": "shop.example.com:443"}, "host"),
        ({"host": "console.example.com"}, "host"),
        ({"host": "127.0.0.1:8443"}, "host"),
        ({"line": "GET https://shop.example.com/ HTTP/1.1"}, "target"),
        ({"line": "GET //evil.example/ HTTP/1.1"}, "target"),
        ({"line": "GET / HTTP/1.0"}, "version"),
        ({"line": "TRACE / HTTP/1.1"}, "method"),
        ({"line": "PROPFIND / HTTP/1.1"}, "method"),
        ({"line": "CONNECT shop.example.com:443 HTTP/1.1", "host": "shop.example.com:443"},
         "target"),
    ],
)  # fmt: skip
def test_only_paths_of_this_host_are_asked_for(more, category):
    assert wrong(**more) == category


@pytest.mark.parametrize(
    ("line", "fields", "category"),
    [
        ("GET", [], ""),
        ("GET", ["Sec-Fetch-Site: none"], ""),
        ("GET", ["Sec-Fetch-Site: same-origin"], ""),
        ("GET", ["Sec-Fetch-Site: same-site"], "origin"),
        ("GET", ["Sec-Fetch-Site: cross-site"], "origin"),
        ("GET", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate",
                 "Sec-Fetch-Dest: document"], ""),
        ("GET", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate",
                 "Sec-Fetch-Dest: iframe"], "origin"),
        ("GET", ["Origin: https://evil.example"], "origin"),
        ("POST", [], "origin"),
        ("POST", ["Origin: null"], "origin"),
        ("POST", ["Origin: https://evil.example"], "origin"),
        ("POST", ["Origin: http://shop.example.com"], "origin"),
        ("POST", [f"Origin: {FRONT.origin}", "Origin: https://evil.example"], "origin"),
        ("POST", [f"Origin: {FRONT.origin}"], ""),
        ("DELETE", ["Sec-Fetch-Site: same-origin"], ""),
        ("OPTIONS", ["Origin: https://evil.example"], "origin"),
        ("POST", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"], "origin"),
    ],
)  # fmt: skip
def test_pages_of_others_make_nobodys_browser_ask(line, fields, category):
    assert wrong(*fields, line=f"{line} / HTTP/1.1") == category


def test_a_change_to_websocket_goes_on_without_extensions():
    extension = "Sec-WebSocket-Extensions: permessage-deflate"
    assert wrong(*SOCKET, extension) == ""
    found = sent(*SOCKET, extension)
    assert found["upgrade"] == "websocket" and found["connection"] == "Upgrade"
    assert found["sec-websocket-key"] == KEY and "sec-websocket-extensions" not in found


@pytest.mark.parametrize(
    ("fields", "line", "category"),
    [
        (["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: x"], "GET",
         "upgrade"),
        (["Connection: Upgrade", "Upgrade: websocket, h2c"], "GET", "upgrade"),
        (["Connection: Upgrade", "Upgrade: websocket", "Upgrade: h2c"], "GET", "upgrade"),
        (["Connection: Upgrade"], "GET", "upgrade"),
        (["Upgrade: websocket"], "GET", "upgrade"),
        (["Connection: Upgrade", "Upgrade: TLS/1.3"], "GET", "upgrade"),
        (SOCKET, "POST", "upgrade"),
        ([*SOCKET, "Content-Length: 3"], "GET", "upgrade"),
        ([*SOCKET, "Transfer-Encoding: chunked"], "GET", "upgrade"),
        ([*SOCKET[:2], *SOCKET[3:]], "GET", "upgrade"),
        ([*SOCKET[:2], "Sec-WebSocket-Version: 8", *SOCKET[3:]], "GET", "upgrade"),
        ([*SOCKET[:3], "Sec-WebSocket-Key: short", SOCKET[4]], "GET", "upgrade"),
        ([*SOCKET, f"Sec-WebSocket-Key: {KEY}"], "GET", "upgrade"),
        ([*SOCKET, "Sec-WebSocket-Version: 8"], "GET", "upgrade"),
        (SOCKET[:4], "GET", "origin"),
        ([*SOCKET[:4], "Sec-Fetch-Site: same-origin"], "GET", "origin"),
        ([*SOCKET[:4], "Origin: https://evil.example"], "GET", "origin"),
        ([*SOCKET[:4], "Origin: null"], "GET", "origin"),
    ],
)  # fmt: skip
def test_tricks_with_a_change_of_protocol(fields, line, category):
    assert wrong(*fields, line=f"{line} / HTTP/1.1") == category


def test_a_connection_field_takes_nothing_away():
    fields = [each.replace("keep-alive", "Cookie") for each in SOCKET]
    told = inward.head(asked(*fields), FRONT, ADA)
    assert isinstance(told, Refusal) and told.category == "connection"


def answered(*fields, keep=True):
    data = "\r\n".join(("HTTP/1.1 200 OK", *fields, "", "")).encode()
    found = head.response(data, "GET")
    assert isinstance(found, Response)
    told = inward.back(found, FRONT, keep=keep)
    assert isinstance(told, bytes)
    return told.decode().split("\r\n")[1:-2]


def test_what_comes_back_sets_no_cookie_of_ours_and_stays_with_tls():
    found = answered(
        "Set-Cookie: a=1", "Set-Cookie: __Host-clawband-door=x; Path=/", "Server: x",
        "Set-Cookie: =clawband-door=x", "Set-Cookie: = clawband-door=x",
        "Set-Cookie: clawband-door",
        "Strict-Transport-Security: max-age=0", "Keep-Alive: timeout=5", "Content-Length: 0",
    )  # fmt: skip
    assert found == [
        "Set-Cookie: a=1", "Content-Length: 0", "Strict-Transport-Security: max-age=31536000",
    ]  # fmt: skip
    assert answered("Content-Length: 0", keep=False)[-1] == "Connection: close"
