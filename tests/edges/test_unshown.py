"""Nothing that nobody is shown leaves a page, an answer or a log, whatever was written before."""

import asyncio
import logging

import pytest

from clawband.edges.unshown import Unshown, logs
from clawband.service.masking import Masking

KEY = "4Jq8Zt2WmXv7Lr3NcHd6"
MASK = b"[secret: crm/key]"


def masking() -> Masking:
    made = Masking()
    made.learn("crm/key", KEY.encode())
    return made


def answered(*pieces: bytes, kind=b"text/html", path="/now", length=None, known=None):
    """The head and the pieces of an answer as they leave."""
    headers = [(b"content-type", kind), (b"x-said", KEY.encode())]
    headers += [(b"content-length", str(length).encode())] if length is not None else []

    async def app(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for piece in pieces[:-1]:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": pieces[-1]})

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": path}
    asyncio.run(Unshown(app, masking() if known is None else known)(scope, None, send))
    start, *rest = sent
    return dict(start["headers"]), [each["body"] for each in rest]


def test_an_answer_is_masked_and_its_length_is_true():
    body = f"<p>{KEY}</p>".encode()
    headers, (sent,) = answered(body, length=len(body))
    assert sent == b"<p>" + MASK + b"</p>"
    assert headers[b"content-length"] == str(len(sent)).encode()
    assert headers[b"x-said"] == MASK


def test_a_value_in_two_pieces_is_masked():
    headers, sent = answered(b"x" * 5000 + KEY[:9].encode(), KEY[9:].encode() + b" end")
    assert b"".join(sent) == b"x" * 5000 + MASK + b" end"
    assert b"content-length" not in headers


def test_an_event_is_not_held_back():
    event = f"data: {KEY}\n\n".encode()
    _, sent = answered(event, event, b"", kind=b"text/event-stream")
    assert sent == [b"data: " + MASK + b"\n\n"] * 2 + [b""]


@pytest.mark.parametrize("path", ["/gateway/v1/secrets", "/access/v1/evaluation", "/static/x.css",
                                  "/api/v1/gateways/sample/boundaries"])  # fmt: skip
def test_gateways_are_given_what_is_theirs(path):
    assert answered(KEY.encode(), path=path)[1] == [KEY.encode()]


def test_an_export_is_exact_and_without_values_nothing_is_touched():
    assert answered(KEY.encode(), kind=b"application/jsonl; charset=utf-8")[1] == [KEY.encode()]
    headers, sent = answered(KEY.encode(), length=20, known=Masking())
    assert (sent, headers[b"content-length"]) == ([KEY.encode()], b"20")


def test_a_log_and_its_tracebacks_are_masked(caplog):
    log = logging.getLogger("clawband.test")
    with logs(masking()):
        log.warning("the job `%s` failed: %s", "x", f"Bearer {KEY}")
        try:
            raise ValueError(KEY)
        except ValueError:
            log.exception("a defect")
        log.warning("%d of %d", 1, 2)
    assert KEY not in caplog.text
    assert (
        "Bearer [secret: crm/key]" in caplog.text and "ValueError: [secret: crm/key]" in caplog.text
    )
    assert "1 of 2" in caplog.text
    log.warning(KEY)
    assert KEY in caplog.text
