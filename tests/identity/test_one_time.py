"""One-time passwords and recovery codes."""

from base64 import b32encode
from datetime import UTC, datetime, timedelta

import pytest

from clawband.identity import one_time
from clawband.identity.one_time import CODES, Recovery, step
from tests.simulators.clocks import START, CountedEntropy

RFC = b32encode(b"12345678901234567890").decode()
NOW = int(START.timestamp()) // 30


# RFC 6238 appendix B, the last six of eight digits.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
     (2000000000, "279037"), (20000000000, "353130")],
)  # fmt: skip
def test_the_vectors_of_the_standard(seconds, code):
    now = datetime.fromtimestamp(seconds, UTC)
    assert step(RFC, code, 0, now) == seconds // 30
    assert step(RFC, f" {code[:3]} {code[3:]} ", 0, now) == seconds // 30


def code_at(when):
    import pyotp

    return pyotp.TOTP(RFC).at(when)


@pytest.mark.parametrize(("seconds", "good"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(seconds, good):
    code = code_at(START + timedelta(seconds=seconds))
    assert (step(RFC, code, 0, START) is not None) is good


def test_a_step_is_taken_once_and_none_before_it():
    code = code_at(START)
    assert step(RFC, code, NOW - 1, START) == NOW
    assert step(RFC, code, NOW, START) is None
    assert step(RFC, code_at(START - timedelta(seconds=30)), NOW, START) is None


@pytest.mark.parametrize(
    "wrong", ["", "000000", "28708", "2870822", "abcdef", "２８７０８２", "\0"]
)
def test_what_is_no_code_is_wrong(wrong):
    assert step(RFC, wrong, 0, datetime.fromtimestamp(59, UTC)) is None


def test_the_address_for_an_app_names_the_account_and_its_place():
    said = one_time.uri("ana", RFC, "console.example")
    assert said.startswith("otpauth://totp/Clawband:ana%40console.example?")
    assert f"secret={RFC}" in said and "issuer=Clawband" in said
    assert len(one_time.secret(CountedEntropy().bytes(20))) == 32


def test_each_recovery_code_is_good_once_however_it_is_typed():
    made = one_time.codes(CountedEntropy().bytes(100))
    assert len(set(made)) == CODES and all(len(each) == 19 for each in made)
    kept = Recovery(operator="ana", codes=tuple(map(one_time.digest, made)), added=START)
    assert not any(each in str(kept) for each in made)
    left = one_time.without(kept, f" {made[3].upper().replace('-', ' ')} ")
    assert left and len(left.codes) == CODES - 1
    assert one_time.without(left, made[3]) is None
    assert one_time.without(kept, "") is None and one_time.without(kept, "aaaa") is None
