"""What of a permitted request is changed on its way."""

import base64
import gzip

import pytest

from clawband.edges.egress.answers import Problem
from clawband.edges.egress.changes import changed
from clawband.edges.egress.credentials import Credentials
from clawband.model.credentials import Credential
from clawband.model.deployment import Destination
from clawband.network import head
from clawband.network.bodies import Framed
from tests.edges.egress.proxying import SECRET

MASKS = Destination(hosts=("api.test",), inspect=True, mask=("secret",))
LENDS = Destination(hosts=("api.test",), inspect=True, credential="api")
NOTHING = Destination(hosts=("api.test",))
BODY = f'{{"note": "grün", "key": "{SECRET}"}}'.encode()
SHOWN = '{"note": "grün", "key": "[secret: aws-access-key]"}'.encode()


def post(*fields, target="/v1"):
    lines = (f"POST {target} HTTP/1.1", "Host: api.test", *fields, "", "")
    return "\r\n".join(lines).encode()


def sent(data, line, credentials=None, *, read=1 << 20, scheme="https"):
    """The fields and the body as they leave; `read` bytes of the body were looked at."""
    message = head.request(data, scheme=scheme)
    framed = Framed(message.body, 1 << 20)
    raw = data[message.size :][:read]
    if not framed.done:
        framed.feed(raw)
    message, raw, _ = changed(message, raw, framed, line, credentials or Credentials())
    return dict(message.fields), raw


def problem(*args, **kwargs):
    with pytest.raises(Problem) as caught:
        sent(*args, **kwargs)
    return caught.value.status, caught.value.category


def test_secrets_in_a_body_are_masked_and_its_length_is_true():
    fields, raw = sent(post(f"Content-Length: {len(BODY)}") + BODY, MASKS)
    assert (raw, fields[b"Content-Length"]) == (SHOWN, str(len(SHOWN)).encode())


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


@pytest.fixture
def lent(tmp_path):
    path = tmp_path / "value"
    path.touch(mode=0o600)
    path.write_text(f"Bearer {SECRET}\n")
    return path


def credentials(path, host="api.test"):
    return Credentials(
        [Credential(name="api", header="authorization", value_file=str(path), hosts=(host,))]
    )


def test_a_credential_takes_the_place_of_what_the_client_says(lent):
    data = post("Authorization: Bearer mine", "AUTHORIZATION: more", "X-Other: stays")
    fields, _ = sent(data, LENDS, credentials(lent))
    assert fields == {
        b"Host": b"api.test",
        b"X-Other": b"stays",
        b"authorization": f"Bearer {SECRET}".encode(),
    }
    assert b"authorization" not in sent(data, NOTHING, credentials(lent))[0]


def test_a_credential_is_no_secret_of_the_client(lent):
    both = Destination(hosts=("api.test",), inspect=True, mask=("secret",), credential="api")
    fields, raw = sent(
        post(f"Authorization: Bearer {SECRET}", f"Content-Length: {len(BODY)}") + BODY,
        both, credentials(lent),
    )  # fmt: skip
    assert (fields[b"authorization"], raw) == (f"Bearer {SECRET}".encode(), SHOWN)


def test_a_credential_is_lent_to_its_host_inside_tls_only(lent):
    assert problem(post(), LENDS, credentials(lent, "other.test")) == (503, "credential")
    assert problem(post(), LENDS) == (503, "credential")
    assert problem(post(), LENDS, credentials(lent), scheme="http") == (403, "credential")


@pytest.mark.parametrize("value", ["", "  \n", "two\nlines", "x\r\nHost: evil", "é", "x" * 9000])
def test_a_value_that_is_none_is_not_lent(lent, value):
    lent.write_text(value)
    assert problem(post(), LENDS, credentials(lent)) == (503, "credential")


def test_a_value_that_others_can_read_is_not_lent(lent):
    lent.chmod(0o640)
    assert problem(post(), LENDS, credentials(lent)) == (503, "credential")


def test_a_new_value_needs_no_restart(lent):
    known = credentials(lent)
    lent.write_text("first")
    assert sent(post(), LENDS, known)[0][b"authorization"] == b"first"
    lent.write_text("second")
    assert sent(post(), LENDS, known)[0][b"authorization"] == b"second"
    lent.unlink()
    assert problem(post(), LENDS, known) == (503, "credential")
