"""Signatures: whose key, which algorithm, and nothing that the token itself brings along."""

import base64
import hmac
import json

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from clawband.adapters.openid import tokens
from clawband.model.errors import AuthenticationError
from tests.simulators.issuer import fresh_key, sign

CLAIMS = {"iss": "https://login.example", "sub": "u-1"}


def plain(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def public(key):
    return key.as_dict(private=False)


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("RS256", RSAKey.generate_key(2048)), ("PS256", RSAKey.generate_key(2048)),
        ("ES256", ECKey.generate_key("P-256")), ("ES384", ECKey.generate_key("P-384")),
        ("Ed25519", OKPKey.generate_key("Ed25519")), ("EdDSA", OKPKey.generate_key("Ed25519")),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_what_its_issuer_signed_is_read(algorithm, key):
    token = sign(key, CLAIMS, alg=algorithm, kid=None)
    proved = tokens.verified(token, tokens.usable([public(key)]))
    assert proved.claims == CLAIMS and proved.type == "jwt"


def test_the_same_token_has_the_same_digest_and_another_one_another():
    key = fresh_key()
    keys = tokens.usable([public(key)])
    one, two = sign(key, CLAIMS), sign(key, CLAIMS)
    assert one != two, "ECDSA signs differently each time"
    assert tokens.verified(one, keys).digest == tokens.verified(two, keys).digest
    other = sign(key, {**CLAIMS, "sub": "u-2"})
    assert tokens.verified(other, keys).digest != tokens.verified(one, keys).digest


def refused(token, *keys):
    with pytest.raises(AuthenticationError):
        tokens.verified(token, tokens.usable([public(key) for key in keys]))


def test_no_other_key_signed_it():
    key, other = fresh_key(), fresh_key()
    refused(sign(other, CLAIMS), key)
    refused(sign(other, CLAIMS, kid=key.kid), key)
    refused(sign(key, CLAIMS, kid=None), other)
    refused(sign(key, CLAIMS), fresh_key())
    refused(sign(key, CLAIMS))
    wrong_kind = RSAKey.generate_key(2048, parameters={"kid": key.kid})
    refused(sign(key, CLAIMS), wrong_kind)


def test_a_public_key_is_no_shared_secret():
    """Algorithm confusion: HMAC with the public key as its secret."""
    key = RSAKey.generate_key(2048, parameters={"kid": "k"})
    signed = ".".join(map(plain, [{"alg": "HS256", "kid": "k"}, CLAIMS]))
    for secret in (key.as_pem(private=False), json.dumps(public(key)).encode()):
        mac = base64.urlsafe_b64encode(hmac.digest(secret, signed.encode(), "sha256"))
        refused(f"{signed}.{mac.rstrip(b'=').decode()}", key)
    assert tokens.usable([OctKey.import_key("s" * 32).as_dict()]) == []


def test_unsigned_tokens_and_keys_in_the_token_count_for_nothing():
    key, mine = fresh_key(), fresh_key()
    head = plain({"alg": "none"})
    body = sign(key, CLAIMS).split(".")[1]
    for token in (
        f"{head}.{body}.",
        f"{head}.{body}.x",
        sign(key, CLAIMS).rpartition(".")[0] + ".",
    ):
        refused(token, key)
    refused(sign(mine, CLAIMS, jwk=public(mine), kid=None), key)
    refused(sign(mine, CLAIMS, jku="https://evil.example/keys", kid=None), key)


def test_a_changed_token_is_another_one():
    key = fresh_key()
    head, body, signature = sign(key, CLAIMS).split(".")
    other = sign(key, {**CLAIMS, "sub": "u-2"}).split(".")[1]
    refused(f"{head}.{other}.{signature}", key)
    refused(f"{head}.{body}.{signature[:-4]}", key)
    refused(f"{head}.{body}.{signature}.x", key)


def test_critical_headers_are_not_passed_over():
    key = fresh_key()
    head = {"alg": "ES256", "kid": key.kid, "crit": ["exp"], "exp": 1}
    good = sign(key, CLAIMS)
    refused(f"{plain(head)}.{good.partition('.')[2]}", key)


def test_a_claim_that_is_there_twice_is_not_chosen_from():
    key = fresh_key()
    from joserfc import jws

    token = jws.serialize_compact({"alg": "ES256"}, b'{"sub": "a", "sub": "b"}', key)
    refused(token, key)


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_keys_for_something_else_check_nothing():
    key = fresh_key()
    assert tokens.usable([{**public(key), "use": "enc"}, {**public(key), "alg": "HS256"}]) == []
    assert tokens.usable("keys") == [] and tokens.usable([1, None, {}]) == []
    weak = RSAKey.generate_key(1024, auto_kid=True)
    refused(sign(weak, CLAIMS, alg="RS256"), weak)


@pytest.mark.parametrize(
    "text", ["", "a", "a.b", "a.b.c.d", "é.b.c", "e30.e30.e30", ".." , "x" * 20_000, "[].e30.x"]
)  # fmt: skip
def test_bytes_that_are_no_token(text):
    refused(text, fresh_key())
    with pytest.raises(AuthenticationError):
        tokens.header(text)
