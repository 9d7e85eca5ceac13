"""Passkeys (WebAuthn Level 3): what a browser is asked, and whether its answer is right.

A passkey proves two factors, because the user must be verified by its device: one key for a thing
one has, and a finger, a face or a PIN.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import webauthn
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from clawband.model.errors import AuthenticationError
from clawband.model.people import Rules

NAME = "Clawband"
MAX_ID = 1_023
"""WebAuthn §4: bytes of a credential's id."""
_WRONG = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """Somebody's passkey; its id is their name and the SHA-256 of the credential's id."""

    operator: str
    credential: str
    """Its id, base 64 for URLs."""
    key: bytes
    """Public, COSE."""
    count: int
    """How often it says it signed; 0 for ever where it does not count."""
    label: str
    synced: bool
    """Whether it may leave its device."""
    added: datetime
    used: datetime | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A new passkey as its device described it."""

    credential: str
    key: bytes
    count: int
    synced: bool


def handle(name: str) -> bytes:
    """The user handle. Names of accounts are no secret, but a key should not carry them about."""
    return hashlib.sha256(b"clawband/user\0" + name.encode()).digest()


def index(credential: str) -> str:
    """By what a credential is known here."""
    return hashlib.sha256(credential.encode()).hexdigest()


def encoded(body: bytes) -> str:
    return urlsafe_b64encode(body).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Empty for what is not base 64."""
    try:
        return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        return b""


def creation(name: str, known: Sequence[str], challenge: bytes, rules: Rules) -> str:
    """The options of `navigator.credentials.create`, as JSON. `known` credentials are left out."""
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=rules.site,
            rp_name=NAME,
            user_name=name,
            user_id=handle(name),
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_described(known),
        )
    )


def request(known: Sequence[str], challenge: bytes, rules: Rules) -> str:
    """The options of `navigator.credentials.get`, as JSON; any credential where none is `known`."""
    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=rules.site,
            challenge=challenge,
            allow_credentials=_described(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def register(credential: str, challenge: bytes, rules: Rules) -> Registered:
    """Check the browser's answer (WebAuthn §7.1). Raises `AuthenticationError`."""
    try:
        done = webauthn.verify_registration_response(
            credential=_plain(credential),
            expected_challenge=challenge,
            expected_rp_id=rules.site,
            expected_origin=rules.origin,
            require_user_verification=True,
        )
    except _WRONG as error:
        raise _refused() from error
    if len(done.credential_id) > MAX_ID:
        raise _refused()
    return Registered(
        credential=encoded(done.credential_id),
        key=done.credential_public_key,
        count=done.sign_count,
        synced=done.credential_device_type == "multi_device",
    )


def check(credential: str, challenge: bytes, passkey: Passkey, rules: Rules) -> int:
    """How often the key has signed now (WebAuthn §7.2). Raises `AuthenticationError`, also when
    it has signed less often than before: then there are two of it."""
    try:
        given = _plain(credential)
        user = given["response"].get("userHandle")
        if user and decoded(user) != handle(passkey.operator):
            raise _refused()
        done = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=rules.site,
            expected_origin=rules.origin,
            credential_public_key=passkey.key,
            credential_current_sign_count=passkey.count,
            require_user_verification=True,
        )
    except _WRONG as error:
        raise _refused() from error
    return done.new_sign_count


def named(credential: str) -> str:
    """The id of the credential that an answer claims to be of; empty when it cannot be read."""
    try:
        return str(_plain(credential).get("id", ""))
    except AuthenticationError:
        return ""


def _plain(credential: str) -> dict[str, Any]:
    """Raises `AuthenticationError` for what is no answer of a page of ours."""
    try:
        given: dict[str, Any] = msgspec.json.decode(credential, type=dict[str, Any])
        said = msgspec.json.decode(decoded(given["response"]["clientDataJSON"]))
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise _refused() from error
    if not isinstance(said, Mapping) or said.get("crossOrigin"):
        raise _refused()  # made in a frame of another site
    return given


def _described(known: Sequence[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=decoded(each)) for each in known]


def _refused() -> AuthenticationError:
    return AuthenticationError(
        "the passkey's answer is not right for this console",
        remedy="try again, from the address that the console names",
    )
