"""Passkeys: what is asked, and which answers are refused."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.identity import passkeys
from clawband.identity.passkeys import Passkey
from clawband.model.errors import AuthenticationError
from clawband.model.people import Rules
from tests.simulators.authenticator import Authenticator, b64
from tests.simulators.clocks import START

RULES = Rules()
CHALLENGE = b"c" * 56


def made(device, name="ana"):
    done = passkeys.register(
        device.create(passkeys.creation(name, (), CHALLENGE, RULES)), CHALLENGE, RULES
    )
    return Passkey(
        operator=name, credential=done.credential, key=done.key, count=done.count,
        label="laptop", synced=done.synced, added=START,
    )  # fmt: skip


def asked(known=()):
    return passkeys.request(known, CHALLENGE, RULES)


def test_the_browser_is_asked_for_a_resident_key_and_a_verified_user():
    creation = json.loads(passkeys.creation("ana", (b64(b"old"),), CHALLENGE, RULES))
    assert creation["rp"] == {"name": "Clawband", "id": "localhost"}
    chosen = creation["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert [each["id"] for each in creation["excludeCredentials"]] == [b64(b"old")]
    assert creation["user"]["id"] == b64(passkeys.handle("ana")) and creation["challenge"]
    request = json.loads(asked())
    assert request["userVerification"] == "required" and not request["allowCredentials"]


def test_a_passkey_proves_its_owner():
    device = Authenticator()
    kept = made(device)
    said = device.get(asked((kept.credential,)))
    assert passkeys.named(said) == kept.credential
    assert passkeys.check(said, CHALLENGE, kept, RULES) == 2 > kept.count
    assert made(Authenticator(synced=True)).synced and not kept.synced


@pytest.mark.parametrize(
    "lies",
    [{"origin": "https://evil.example"}, {"origin": "http://localhost:9999"},
     {"site": "evil.example"}, {"verified": False}, {"challenge": b64(b"x" * 56)},
     {"type": "webauthn.create"}, {"signature": b"no"}, {"cross": True}, {"count": 1},
     {"count": 0}, {"handle": b64(b"somebody else")}],
    ids=str,
)  # fmt: skip
def test_an_answer_that_lies_is_refused(lies):
    device = Authenticator()
    kept = replace(made(device), count=1)
    with pytest.raises(AuthenticationError, match="not right"):
        passkeys.check(device.get(asked(), **lies), CHALLENGE, kept, RULES)


def test_another_key_under_the_same_id_is_refused():
    kept = made(Authenticator())
    with pytest.raises(AuthenticationError):
        passkeys.check(Authenticator(count=9).get(asked()), CHALLENGE, kept, RULES)


@pytest.mark.parametrize(
    "lies",
    [{"origin": "https://evil.example"}, {"site": "evil.example"}, {"verified": False},
     {"challenge": b64(b"x" * 56)}, {"type": "webauthn.get"}, {"cross": True}],
    ids=str,
)  # fmt: skip
def test_a_new_key_that_lies_is_refused(lies):
    options = passkeys.creation("ana", (), CHALLENGE, RULES)
    with pytest.raises(AuthenticationError):
        passkeys.register(Authenticator().create(options, **lies), CHALLENGE, RULES)


def test_a_key_that_does_not_count_is_taken_again():
    device = Authenticator(counting=False)
    kept = made(device)
    assert [passkeys.check(device.get(asked()), CHALLENGE, kept, RULES) for _ in "ab"] == [0, 0]


@given(st.binary(max_size=300))
def test_bytes_of_a_stranger_are_refused(body):
    text = body.decode("latin-1")
    kept = Passkey(
        operator="ana", credential="x", key=b"", count=0, label="", synced=False, added=START
    )
    assert isinstance(passkeys.named(text), str)
    shapes = (text, json.dumps({"id": text, "response": text}),
              json.dumps({"id": text, "rawId": text, "type": "public-key", "response": {
                  "clientDataJSON": b64(b"{}"), "authenticatorData": b64(body),
                  "attestationObject": b64(body), "signature": b64(body)}}))  # fmt: skip
    for each in shapes:
        with pytest.raises(AuthenticationError):
            passkeys.check(each, CHALLENGE, kept, RULES)
        with pytest.raises(AuthenticationError):
            passkeys.register(each, CHALLENGE, RULES)


@given(st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_a_damaged_attestation_is_refused_and_breaks_nothing(at, by):
    said = json.loads(Authenticator().create(passkeys.creation("ana", (), CHALLENGE, RULES)))
    body = bytearray(passkeys.decoded(said["response"]["attestationObject"]))
    place = at % len(body)
    body[place : place + len(by)] = by
    said["response"]["attestationObject"] = b64(bytes(body))
    with suppress(AuthenticationError):  # anything else would be a bare 500
        passkeys.register(json.dumps(said), CHALLENGE, RULES)
