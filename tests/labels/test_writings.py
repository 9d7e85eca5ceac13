"""Every usual writing of a value is one of its forms, and nothing that only begins like it."""

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as some

from clawband.labels.writings import LONGEST, pieces, written

VALUES = some.binary(min_size=12, max_size=80) | some.text(
    some.characters(exclude_categories=("Cs",)), min_size=12, max_size=60
).map(str.encode)
ODD = "p@ss w0\"rd\\/<&>'\n\té\U0001f511"


def found(value: bytes, raw: bytes) -> list[bytes]:
    """What stands in `raw` of each form whose anchor is there, in the order of the forms."""
    spans = []
    for form in written(value):
        at = raw.find(form.literal) if form.literal else -1
        if at >= 0 and (span := form.around(raw, at, at + len(form.literal))):
            spans.append(raw[slice(*span)])
    return spans


@given(some.text("abcdefghij0123456789-_", min_size=12, max_size=90), some.binary(max_size=7))
def test_base_64_is_found_wherever_it_begins_and_however_it_is_broken(text, before):
    value = text.encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode, base64.encodebytes):
        raw = encode(before + value + b" after")
        whole = raw.replace(b"\n", b"")
        if raw == whole or len(text) >= 40:
            assert found(value, raw), raw


@pytest.mark.parametrize(
    "write",
    [
        str,
        json.dumps,
        lambda text: json.dumps(text, ensure_ascii=False),
        lambda text: json.dumps(json.dumps({"a": text})),
        lambda text: json.dumps(text).replace("/", "\\/"),
        lambda text: json.dumps(text).replace("<", "\\u003C").replace("&", "\\u0026"),
        lambda text: quote(text, safe=""),
        lambda text: quote(quote(text)),
        quote_plus,
        lambda text: re.sub("%..", lambda code: code[0].lower(), quote(text, safe="")),
        html.escape,
        lambda text: text.replace("\n", "\\u{a}"),
        repr,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.encode().hex(),
        lambda text: text.encode().hex().upper(),
    ],
)
def test_each_writing_of_an_odd_value_is_read_to_its_end(write):
    value = f"key-4Jq8Zt2Wm{ODD}Xv7Lr3Nc".encode()
    raw = f"before {write(value.decode())} after".encode()
    assert any(each.endswith((b"Xv7Lr3Nc", b"4e63", b"4E63")) for each in found(value, raw)), raw


def test_a_value_that_goes_on_differently_is_another_one():
    assert found(b"key-4Jq8Zt2WmXv7Lr3Nc", b"key-4Jq8Zt2WmXv7Lr3Nd") == []


@given(VALUES)
def test_a_form_is_as_wide_as_it_says(value):
    for form in written(value):
        assert form.reach >= len(form.anchor.encode()) or not form.literal
        if form.literal:
            assert len(form.literal) <= form.reach


def test_a_key_of_many_lines_is_known_by_each_of_them():
    lines = [base64.b64encode(bytes(range(at, at + 48))) for at in range(0, 200, 8)]
    key = b"-----BEGIN KEY-----\n" + b"\n".join(lines) + b"\n-----END KEY-----\n"
    assert list(pieces(key)) == lines
    assert all(len(each) <= LONGEST for each in pieces(b"word " * 13_000))
    short = b"a value of two lines\nand of no more than that, which is one piece"
    assert pieces(short + b"\n")[0] == short


def test_the_head_that_all_tokens_of_an_issuer_share_is_no_piece():
    head = base64.b64encode(b'{"alg":"RS256","typ":"JWT","kid":"2026-11"}').rstrip(b"=")
    claims = base64.b64encode(b'{"sub":"someone","jti":"89127389127"}').rstrip(b"=")
    own = b"q7Zt2WmXv7Lr3Nc84Jd0Kf5Hg1Bs6Py9Ta2Ue"
    assert list(pieces(b".".join((head, claims, own)))[1:]) == [own]


def test_a_password_is_known_outside_of_what_it_was_kept_in():
    url = b"postgresql://app:Hx9fj2kLmQ7w@db.internal:5432/shop"
    assert list(pieces(url)) == [url, b"Hx9fj2kLmQ7w"]
    account = json.dumps(
        {"username": "v-shop", "password": "A1a-4Jq8Zt2WmXv7", "auth_uri": "x" * 20}
    )
    assert list(pieces(account.encode()))[:1] == [b"A1a-4Jq8Zt2WmXv7"]
    assert b"x" * 20 not in pieces(account.encode())
    assert list(pieces(b"{not json at all}")) == [b"{not json at all}"]
