"""Requests at a front door: what people get through, and what strangers and tricks do not."""

import json
import re
import time

import pytest

from clawband.service.tally import SINGLY
from tests.edges.ingress.fronting import HEADER, fronted, head_of, rest


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    with fronted(tmp_path_factory.mktemp("door")) as found:
        yield found


@pytest.fixture
def inside(front):
    """The cookie of an operator, as a field."""
    return f"Cookie: {front.came()[0]}"


def told(answer):
    """What the gateway says it was sent."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b" 200 OK" in head, answer
    return json.loads(body)


def status(answer):
    return int(answer.split(b" ")[1]) if answer else 0


def category(answer):
    return json.loads(answer.partition(b"\r\n\r\n")[2])["category"]


def test_who_is_in_reaches_the_gateway_with_their_name_and_scopes(front, inside):
    found = told(front.request("GET /a?b=c HTTP/1.1", inside))
    assert found["line"] == "GET /a?b=c HTTP/1.1"
    assert found["fields"][HEADER] == "operator"
    assert found["fields"]["x-openclaw-scopes"] == "operator.read,operator.write"
    assert "cookie" not in found["fields"]


def test_another_role_has_other_scopes(front):
    found = told(front.request("GET / HTTP/1.1", f"Cookie: {front.came('viewer')[0]}"))
    assert found["fields"]["x-openclaw-scopes"] == "operator.read"


@pytest.mark.parametrize(
    ("fields", "body", "size"),
    [
        (["Content-Length: 5"], b"hello", 5),
        (["Transfer-Encoding: chunked"], b"5\r\nhello\r\n2\r\n!!\r\n0\r\n\r\n", 7),
        (["Content-Length: 200000"], b"a" * 200_000, 200_000),
    ],
)
def test_bodies_go_through_whole(front, inside, fields, body, size):
    own = f"Origin: {front.door.origin}"
    found = told(front.request("POST /a HTTP/1.1", inside, own, *fields, body=body))
    assert found["size"] == size


@pytest.mark.parametrize("path", ["/stream", "/close", "/cookie"])
def test_answers_come_back(front, inside, path):
    answer = front.request(f"GET {path} HTTP/1.1", inside)
    assert status(answer) == 200
    assert {"/stream": b"part9", "/close": b"to the end", "/cookie": b"a=1"}[path] in answer
    assert b"clawband-door=x" not in answer and b"Server:" not in answer


def test_one_connection_carries_several_requests(front, inside):
    with front.connect() as client:
        for number in range(3):
            client.sendall(
                f"GET /{number} HTTP/1.1\r\nHost: {front.host}\r\n{inside}\r\n\r\n".encode()
            )
            head = head_of(client)
            size = int(re.findall(rb"Content-Length: (\d+)", head)[0])
            assert f"GET /{number}".encode() in client.recv(size)
        client.sendall(b"GET / HTTP/1.1\r\nHost: other.example\r\n\r\n")
        assert status(rest(client)) == 421


def test_requests_that_come_all_at_once_are_answered_in_turn(front, inside):
    one = f"GET /1 HTTP/1.1\r\nHost: {front.host}\r\n{inside}\r\n\r\n"
    two = f"GET /2 HTTP/1.1\r\nHost: {front.host}\r\n{inside}\r\nConnection: close\r\n\r\n"
    answer = front.send((one + two).encode())
    assert answer.index(b"GET /1") < answer.index(b"GET /2")


def test_a_client_that_waits_before_its_body_is_told_to_go_on(front, inside):
    own = f"Origin: {front.door.origin}"
    with front.connect() as client:
        head = (
            f"POST / HTTP/1.1\r\nHost: {front.host}\r\n{inside}\r\n{own}\r\n"
            "Connection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        )
        client.sendall(head.encode())
        assert head_of(client) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"ok")
        found = told(rest(client))
        assert found["size"] == 2 and "expect" not in found["fields"]


# Those whom nobody knows


@pytest.mark.parametrize(
    "cookie", ["", "Cookie: clawband-door=", "Cookie: clawband-door=guessed", "Cookie: clawband=x"]
)
def test_a_stranger_gets_nothing(front, cookie):
    before = len(front.behind.requests)
    answer = front.request("GET /a HTTP/1.1", *([cookie] if cookie else []))
    assert (status(answer), category(answer)) == (401, "unknown")
    assert len(front.behind.requests) == before


def test_two_cookies_are_nobody(front):
    good = front.came()[0]
    answer = front.request("GET /a HTTP/1.1", f"Cookie: {good}; {good}")
    assert status(answer) == 401


def test_a_stranger_in_a_browser_is_sent_to_sign_in(front):
    answer = front.request("GET /deep?x=1 HTTP/1.1", "Accept: text/html").decode()
    assert answer.startswith("HTTP/1.1 303")
    place = re.findall(r"Location: (\S+)", answer)[0]
    assert place.startswith("http://localhost:") and "/doors/shop/enter?challenge=" in place
    assert re.search(r"Set-Cookie: clawband-begun=\S+; Path=/; Max-Age=600; HttpOnly", answer)


# Requests that two programs could read differently

SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("POST / HTTP/1.1\r\nHost: {h}\r\n{c}\r\nContent-Length: 4\r\n"
         "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, "length-and-chunked"),
        ("POST / HTTP/1.1\r\nHost: {h}\r\n{c}\r\nTransfer-Encoding: chunked\r\n"
         "Content-Length: 4\r\n\r\n0\r\n\r\n" + SMUGGLED, "length-and-chunked"),
        ("POST / HTTP/1.1\r\nHost: {h}\r\n{c}\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n"
         + SMUGGLED, "lengths"),
        ("POST / HTTP/1.1\r\nHost: {h}\r\n{c}\r\nContent-Length: +5\r\n\r\nhello", "length"),
        ("POST / HTTP/1.1\r\nHost: {h}\r\n{c}\r\nContent-Length: 0x5\r\n\r\nhello", "length"),
        ("POST / HTTP/1.1\r\nHost: {h}\r\n{c}\r\nContent-Length: 5, 5\r\n\r\nhello", "length"),
        ("POST / HTTP/1.1\r\nHost: {h}\r\n{c}\r\nTransfer-Encoding: xchunked\r\n\r\n", "coding"),
        ("POST / HTTP/1.1\r\nHost: {h}\r\n{c}\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
         "coding"),
        ("POST / HTTP/1.1\r\nHost: {h}\r\n{c}\r\nTransfer-Encoding : chunked\r\n\r\n",
         "space-before-colon"),
        ("POST / HTTP/1.1\r\nHost: {h}\r\n{c}\r\nTransfer_Encoding: chunked\r\n\r\n", "lookalike"),
        ("GET / HTTP/1.1\nHost: {h}\n{c}\n\n", "line-end"),
        ("GET / HTTP/1.1\r\nHost: {h}\r\n{c}\nX: y\r\n\r\n", "line-end"),
        ("GET / HTTP/1.1\r\nHost: {h}\r\nX: a\r\n b\r\n{c}\r\n\r\n", "folded"),
        ("GET / HTTP/1.1\r\nHost: {h}\r\nHost: evil.example\r\n{c}\r\n\r\n", "hosts"),
        ("GET / HTTP/1.1\r\n{c}\r\n\r\n", "hosts"),
        ("GET / HTTP/1.1\r\nHost: {h}\r\nX: a\x00b\r\n{c}\r\n\r\n", "control"),
        ("GET /a\tb HTTP/1.1\r\nHost: {h}\r\n{c}\r\n\r\n", "control"),
        ("GET  / HTTP/1.1\r\nHost: {h}\r\n{c}\r\n\r\n", "request-line"),
        ("GET / HTTP/2.0\r\nHost: {h}\r\n{c}\r\n\r\n", "version"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "version"),
        ("GET http://{h}/ HTTP/1.1\r\nHost: {h}\r\n{c}\r\n\r\n", "target"),
        ("GET http://evil.example/ HTTP/1.1\r\nHost: {h}\r\n{c}\r\n\r\n", "host-mismatch"),
        ("GET //evil.example/ HTTP/1.1\r\nHost: {h}\r\n{c}\r\n\r\n", "target"),
        ("GET /a/../b HTTP/1.1\r\nHost: {h}\r\n{c}\r\n\r\n", "dot-segments"),
        ("GET /a/%2e%2e/b HTTP/1.1\r\nHost: {h}\r\n{c}\r\n\r\n", "dot-segments"),
        ("GET /a\\..\\b HTTP/1.1\r\nHost: {h}\r\n{c}\r\n\r\n", "backslash"),
        ("GET /a%00 HTTP/1.1\r\nHost: {h}\r\n{c}\r\n\r\n", "control"),
        ("CONNECT {h} HTTP/1.1\r\nHost: {h}\r\n{c}\r\n\r\n", "target"),
        ("GET /" + "a" * 9_000 + " HTTP/1.1\r\nHost: {h}\r\n{c}\r\n\r\n", "long-line"),
        ("GET / HTTP/1.1\r\nHost: {h}\r\nX: " + "a" * 17_000 + "\r\n{c}\r\n\r\n", "long-field"),
        ("GET / HTTP/1.1\r\nHost: {h}\r\n" + "X: a\r\n" * 101 + "{c}\r\n\r\n", "many-fields"),
        ("GET / HTTP/1.1\r\nHost: {h}\r\n" + "X: " + "a" * 40_000, "long-head"),
    ],
)  # fmt: skip
def test_what_two_programs_could_read_differently_is_refused(front, inside, data, why):
    before = len(front.behind.requests)
    said = data.replace("{h}", front.host).replace("{c}", inside)
    answer = front.send(said.encode("latin-1"))
    assert (status(answer) // 100, category(answer)) in ((4, why), (5, why))
    assert answer.count(b"\r\n\r\n") == 1
    assert len(front.behind.requests) == before


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"5;a=b\r\nhello\r\n0\r\n\r\n", "chunk-extension"),
        (b"5\nhello\r\n0\r\n\r\n", "chunk-size"),
        (b"0x5\r\nhello\r\n0\r\n\r\n", "chunk-size"),
        (b"5\r\nhelloX\r\n0\r\n\r\n", "chunk-end"),
        (b"fffffffff\r\n", "chunk-size"),
        (b"0\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n", "trailers"),
        (b"0\r\nContent-Length: 5\r\n\r\n", "trailer"),
    ],
)
def test_a_body_that_is_framed_oddly_reaches_nobody_whole(front, inside, body, why):
    before = len(front.behind.requests)
    own = (inside, f"Origin: {front.door.origin}", "Transfer-Encoding: chunked")
    answer = front.request("POST / HTTP/1.1", *own, body=body)
    assert (status(answer), category(answer)) == (400, why)
    assert len(front.behind.requests) == before


def test_an_identity_that_somebody_writes_themselves_goes_nowhere(front, inside):
    spoofed = [
        f"{HEADER}: root", f"{HEADER.upper()}: root", f"{HEADER.replace('-', '_')}: root",
        "X-Forwarded-For: 6.6.6.6", "X_Forwarded_For: 6.6.6.6", "Forwarded: for=6.6.6.6",
        "X-Real-IP: 6.6.6.6", "X-OpenClaw-Scopes: operator.admin", "Authorization: Bearer root",
    ]  # fmt: skip
    plain = told(front.request("GET / HTTP/1.1", inside))
    assert told(front.request("GET / HTTP/1.1", inside, *spoofed)) == plain


def test_pages_of_others_get_nothing(front, inside):
    for fields in (
        ["Origin: https://evil.example"], ["Sec-Fetch-Site: cross-site"], ["Origin: null"],
    ):  # fmt: skip
        answer = front.request("GET / HTTP/1.1", inside, *fields)
        assert (status(answer), category(answer)) == (403, "origin")
    assert status(front.request("POST / HTTP/1.1", inside, "Content-Length: 0")) == 403


# A gateway that misbehaves


@pytest.mark.parametrize(("path", "found"), [("/odd", 502), ("/switch", 502), ("/early", 413)])
def test_what_a_gateway_answers_is_read_as_strictly(front, inside, path, found):
    own = f"Origin: {front.door.origin}"
    answer = front.request(f"POST {path} HTTP/1.1", inside, own, "Content-Length: 0")
    assert status(answer) == found


def test_half_an_answer_does_not_look_whole(front, inside):
    answer = front.request("GET /torn HTTP/1.1", inside)
    assert answer.endswith(b"half") and b"Content-Length: 100" in answer


# Over and out


def test_they_are_out_in_less_than_a_second_also_in_the_middle_of_an_answer(front):
    cookie, guest = front.came("viewer")
    with front.connect() as client:
        head = f"GET /slow HTTP/1.1\r\nHost: {front.host}\r\nCookie: {cookie}\r\n\r\n"
        client.sendall(head.encode())
        time.sleep(0.2)
        began = time.monotonic()
        front.run(front.house.service.operators.sign_out(front.house.service.operators.still(
            guest.session)))  # fmt: skip
        assert rest(client) == b"" and time.monotonic() - began < 1
    assert status(front.request("GET / HTTP/1.1", f"Cookie: {cookie}")) == 401


def test_out_by_the_doors_own_page(front):
    def closed():
        reasons = [each.detail["reason"] for each in front.house.events("door:close")]
        return reasons.count("signed out there")

    before = closed()
    cookie, _ = front.came()
    own = f"Origin: {front.door.origin}"
    page = front.request("GET /.clawband/ HTTP/1.1", f"Cookie: {cookie}")
    assert b"Signed in as operator" in page and b"/.clawband/leave" in page
    assert status(front.request("POST /.clawband/leave HTTP/1.1", f"Cookie: {cookie}")) == 403
    answer = front.request("POST /.clawband/leave HTTP/1.1", f"Cookie: {cookie}", own,
                           "Content-Length: 0")  # fmt: skip
    assert b"clawband-door=; Path=/; Max-Age=0" in answer
    end = time.monotonic() + 5
    while status(front.request("GET / HTTP/1.1", f"Cookie: {cookie}")) != 401:
        assert time.monotonic() < end
    while closed() == before:  # They are out before it is on record.
        assert time.monotonic() < end


def test_no_path_of_the_console_is_on_it(front, inside):
    for path in ("/login", "/api/v1/status", "/approvals", "/gateway/v1/ask"):
        found = told(front.request(f"GET {path} HTTP/1.1", inside))
        assert found["line"] == f"GET {path} HTTP/1.1"  # It is the gateway's.
    assert status(front.request("GET /.clawband/other HTTP/1.1", inside)) == 404


def test_who_was_turned_away_is_on_record(front):
    front.house.clock.forward(seconds=30)
    time.sleep(0.5)  # The count of those before is told.
    before = len(front.house.events("door:refuse"))
    for _ in range(SINGLY + 5):
        front.request("GET / HTTP/1.1", "Sec-Fetch-Site: cross-site")
    time.sleep(0.3)
    found = front.house.events("door:refuse")[before:]
    assert len([each for each in found if each.detail["category"] == "origin"]) == SINGLY
    assert found[-1].detail["address"] == "127.0.0.1"
