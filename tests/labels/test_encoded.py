"""A closer look: what stands in base 64 and hexadecimal."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as some

from clawband.labels.classify import classify
from clawband.labels.encoded import encoded

PLAIN = "pay to DE89 3704 0044 0532 0130 00 and keep it"


def kinds(text):
    return [each.kind for each in encoded(text)]


@pytest.mark.parametrize(
    "written",
    [
        base64.b64encode(PLAIN.encode()).decode(),
        base64.urlsafe_b64encode(PLAIN.encode()).decode().rstrip("="),
        PLAIN.encode().hex(),
        PLAIN.encode().hex().upper(),
        base64.encodebytes(f"{'x ' * 99}{PLAIN}".encode()).decode(),
    ],
)
def test_one_layer_is_opened(written):
    text = f"\U0001f511 data: {written}\nend"
    assert "iban" not in [each.kind for each in classify(text)]
    (found,) = encoded(text)
    assert (found.kind, found.tag) == ("iban", "personal")
    assert text[found.start : found.end].strip() == written.strip()


@pytest.mark.parametrize(
    "text", ["", "a" * 200, PLAIN, "f" * 64, "=" * 40, "k4vQ8sXw" * 8, "\ud800" * 30]
)
def test_what_is_no_text_stays_closed(text):
    assert encoded(text) == ()


def test_each_kind_is_named_once_for_a_run():
    many = base64.b64encode(f"{PLAIN} {PLAIN}".encode()).decode()
    assert kinds(many) == ["iban"]


@given(some.text(some.characters(exclude_categories=())), some.binary())
def test_it_never_raises(text, data):
    for each in encoded(text + base64.b64encode(data).decode() + data.hex()):
        assert each.start < each.end
