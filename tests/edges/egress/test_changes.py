"""What of a permitted request is changed on its way."""

import base64
import gzip

import pytest

from clawband.edges.egress.answers import Problem
from clawband.edges.egress.changes import changed
from clawband.labels.known import NOTHING as NO_VALUES
from clawband.labels.known import Known
from clawband.model.deployment import Destination
from clawband.model.errors import UnavailableError
from clawband.model.secret import IN_PATH, Target
from clawband.network import head
from clawband.network.bodies import Framed
from clawband.service.lending import Lent
from tests.edges.egress.proxying import SECRET

MASKS = Destination(hosts=("api.test",), inspect=True, mask=("secret",))
NOTHING = Destination(hosts=("api.test",))
BODY = f'{{"note": "grün", "key": "{SECRET}"}}'.encode()
SHOWN = '{"note": "grün", "key": "[secret: aws-access-key]"}'.encode()


def post(*fields, target="/v1"):
    lines = (f"POST {target} HTTP/1.1", "Host: api.test", *fields, "", "")
    return "\r\n".join(lines).encode()


def sent(data, line, lent=None, *, read=1 << 20, known=NO_VALUES):
    """The fields and the body as they leave; `read` bytes of the body were looked at."""
    message = head.request(data, scheme="https")
    framed = Framed(message.body, 1 << 20)
    raw = data[message.size :][:read]
    if not framed.done:
        framed.feed(raw)
    message, raw, _ = changed(message, raw, framed, line, lent, known)
    return dict(message.fields), raw


def problem(*args, **kwargs):
    with pytest.raises(Problem) as caught:
        sent(*args, **kwargs)
    return caught.value.status, caught.value.category


def test_secrets_in_a_body_are_masked_and_its_length_is_true():
    fields, raw = sent(post(f"Content-Length: {len(BODY)}") + BODY, MASKS)
    assert (raw, fields[b"Content-Length"]) == (SHOWN, str(len(SHOWN)).encode())


def test_a_kept_value_is_masked_like_them_and_stays_here_where_it_cannot_be():
    known = Known([("crm/key", b"4Jq8Zt2WmXv7Lr3NcHd6")])
    body = b"key=4Jq8Zt2WmXv7Lr3NcHd6"
    data = post(f"Content-Length: {len(body)}") + body
    assert sent(data, MASKS, known=known)[1] == b"key=[secret: crm/key]"
    assert sent(data, NOTHING, known=known)[1] == body, "policy said that it may"
    hidden = base64.b64encode(b"me:4Jq8Zt2WmXv7Lr3NcHd6").decode()
    for told in (f"X-Key: {hidden}", "X-Key: 4Jq8Zt2WmXv7Lr3NcHd6"):
        assert problem(post(told, "Content-Length: 0"), MASKS, known=known) == (403, "mask")


def test_a_body_in_chunks_becomes_one_with_a_length():
    cut = BODY.index(b"QWLP")
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in (BODY[:cut], BODY[cut:]))
    fields, raw = sent(post("Transfer-Encoding: chunked") + chunks + b"0\r\n\r\n", MASKS)
    assert raw == SHOWN and b"Transfer-Encoding" not in fields
    assert fields[b"Content-Length"] == str(len(SHOWN)).encode()


@pytest.mark.parametrize("body", [b"", b"nothing to hide", bytes(range(256)), "grün".encode()])
def test_what_holds_no_secret_is_not_touched(body):
    data = post(f"Content-Length: {len(body)}") + body
    assert sent(data, MASKS) == sent(data, NOTHING) == sent(data, None)
    chunked = post("Transfer-Encoding: chunked") + b"1\r\na\r\n0\r\n\r\n"
    assert sent(chunked, MASKS)[1] == b"1\r\na\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("fields", "body", "expected"),
    [
        (("Content-Encoding: gzip",), gzip.compress(BODY, mtime=0), (415, "mask")),
        ((), b"\xff\xfe " + BODY, (403, "mask")),
        ((), base64.b64encode(BODY * 2), (403, "mask")),
        ((f"X-Key: {SECRET}",), b"", (403, "mask")),
        (("Authorization: Basic " + base64.b64encode(b"me:hunter2-2-hunter").decode(),), b"",
         (403, "mask")),
    ],
)  # fmt: skip
def test_what_cannot_be_masked_stays_here(fields, body, expected):
    assert problem(post(*fields, f"Content-Length: {len(body)}") + body, MASKS) == expected


def test_a_secret_in_an_address_stays_here():
    assert problem(post(target=f"/v1?key={SECRET}"), MASKS) == (403, "mask")


def test_a_body_that_was_not_read_whole_stays_here():
    data = post(f"Content-Length: {len(BODY)}") + BODY
    assert problem(data, MASKS, read=10) == (413, "mask")


LENT = Lent("api", "authorization", "Bearer mark", f"Bearer {SECRET}")


def test_a_value_takes_the_place_of_what_the_client_says():
    data = post("Authorization: Bearer mine", "AUTHORIZATION: more", "X-Other: stays")
    fields, _ = sent(data, NOTHING, LENT)
    assert fields == {
        b"Host": b"api.test",
        b"X-Other": b"stays",
        b"authorization": f"Bearer {SECRET}".encode(),
    }
    assert b"authorization" not in sent(data, NOTHING)[0]


def test_a_value_of_ours_is_no_secret_of_the_client():
    data = post(f"Authorization: Bearer {SECRET}", f"Content-Length: {len(BODY)}") + BODY
    fields, raw = sent(data, MASKS, LENT)
    assert (fields[b"authorization"], raw) == (f"Bearer {SECRET}".encode(), SHOWN)


def test_a_value_in_a_path_stands_where_its_placeholder_stood():
    message = head.request(post(target="/botmark/send?a=/botmark/"), scheme="https")
    framed = Framed(message.body, 1 << 20)
    lent = Lent("api", IN_PATH, "/botmark/", "/botvalue/")
    message, _, told = changed(message, b"", framed, None, lent)
    assert message.url.target == "/botvalue/send?a=/botmark/"
    assert told == ("credential api",)


@pytest.mark.parametrize("value", [b"x\r\nHost: evil", b"\xc3\xa9", b"x" * 8_193, b"\0"])
def test_a_value_that_cannot_stand_in_a_field_is_not_lent(value):
    for target in (Target(hosts=("a",)), Target(hosts=("a",), header=IN_PATH, form="/bot{}/")):
        with pytest.raises(UnavailableError):
            Lent.of("api", target, "mark", value)


def test_a_value_that_would_lead_elsewhere_is_not_put_into_a_path():
    target = Target(hosts=("a",), header=IN_PATH, form="/bot{}/")
    for value in (b"a/../b", b"a?b", b"a#b", b"a%2fb", b"a b"):
        with pytest.raises(UnavailableError):
            Lent.of("api", target, "mark", value)
    assert Lent.of("api", target, "mark", b"100001:AA-x_").written == "/bot100001:AA-x_/"
