"""Secrets in bytes: where they stand, behind escapes and base 64, at any edge of a block."""

import base64
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from clawband.labels.evidence import crc_62
from clawband.labels.leaks import BLOCK, leaks, utf_8

BODY = "d8Fk2LqPzR7tXvB3nM5sYwC9hJ4gQe"
TOKEN = f"ghp_{BODY}{crc_62(BODY)}".encode()
PEM = (
    b"-----BEGIN " + b"PRIVATE KEY-----\n" + b"\n".join([b"MIIEpAIBAAKCAQEAk4vQ8sXw2Rt7bNc9"] * 50)
)


def kinds(raw):
    return [each.kind for each in leaks(raw)]


@given(some.binary(max_size=300), some.binary(max_size=300))
@example(b"\\", b"\\n")
def test_it_never_raises_and_gives_what_stands_there(before, after):
    raw = before + b" " + TOKEN + b" " + after
    found = list(leaks(raw))
    assert TOKEN in [each.value for each in found]
    for each in found:
        assert 0 <= each.start < each.end <= len(raw)


@pytest.mark.parametrize("at", [0, 1, BLOCK - 60, BLOCK - 20, BLOCK - 1, BLOCK, 2 * BLOCK - 7])
def test_an_edge_hides_nothing_and_tells_nothing_twice(at):
    raw = b"-" * at + b" " + TOKEN + b" " + b"-" * BLOCK
    (found,) = leaks(raw)
    assert raw[found.start : found.end] == TOKEN
    pem = b"\n" * at + PEM
    assert kinds(pem) == ["private-key"]


def test_escapes_of_json_hide_no_token_and_keep_its_place():
    said = json.dumps({"content": json.dumps({"out": f"a\n{TOKEN.decode()}\tb"})}).encode()
    (found,) = leaks(said)
    assert said[found.start : found.end] == TOKEN == found.value


@given(
    some.text(some.characters(min_codepoint=32, max_codepoint=126) | some.sampled_from("\t\r\n")),
    some.sampled_from([b"", b" ", b'"', b",", b"x" * 70 + b"\n"]),
    some.booleans(),
)
@example("00000000000000>", b"", True)
@example("00000000000000?", b"", True)
def test_a_token_is_found_in_base_64_of_any_text_around_it(before, beside, url):
    encode = base64.urlsafe_b64encode if url else base64.b64encode
    raw = beside + encode(before.encode() + b" " + TOKEN)
    assert "github-token" in kinds(raw)


def test_base_64_hides_nothing():
    hidden = base64.b64encode(b"GITHUB_TOKEN=" + TOKEN)
    (found,) = leaks(b"data:\n  env: " + hidden + b"\n")
    assert (found.kind, found.value, found.encoded) == ("github-token", TOKEN, True)
    assert kinds(base64.b64encode(b"an image of a token, as bytes go \xff" + TOKEN)) == []


def test_a_code_that_has_passed_is_no_leak():
    assert kinds(b"Your security code is 463820.") == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig", "utf-8"])
def test_every_encoding_of_unicode_is_read(encoding):
    raw = f"TOKEN={TOKEN.decode()}\n".encode(encoding)
    assert kinds(utf_8(raw)) == ["github-token"]
