"""A passkey device in software: real keys, real signatures, and every lie a test wants."""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "http://localhost:8620"
UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


def b64(body: bytes) -> str:
    return urlsafe_b64encode(body).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """One credential. `counting` says whether it counts its signatures."""

    id: bytes = b"credential-1"
    origin: str = ORIGIN
    counting: bool = True
    synced: bool = False
    verifies: bool = True
    count: int = 0
    handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: str, **lies: Any) -> str:
        """What `navigator.credentials.create` gives a page, as JSON."""
        asked = json.loads(options)
        self.handle = asked["user"]["id"].encode()
        point = self.key.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        credential = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        data = self._data(asked["rp"]["id"], AT, lies) + credential
        response = {
            "clientDataJSON": self._client("webauthn.create", asked["challenge"], lies),
            "attestationObject": b64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return self._said(response)

    def get(self, options: str, **lies: Any) -> str:
        """What `navigator.credentials.get` gives a page, as JSON."""
        asked = json.loads(options)
        data = self._data(asked["rpId"], 0, lies)
        client = self._client("webauthn.get", asked["challenge"], lies)
        raw = self._raw("webauthn.get", asked["challenge"], lies)
        signature = self.key.sign(data + hashlib.sha256(raw).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": client,
            "authenticatorData": b64(data),
            "signature": b64(lies.get("signature", signature)),
            "userHandle": lies.get("handle", self.handle.decode()),
        }
        return self._said(response)

    def _said(self, response: dict[str, str]) -> str:
        named = b64(self.id)
        return json.dumps(
            {"id": named, "rawId": named, "type": "public-key", "response": response,
             "clientExtensionResults": {}, "authenticatorAttachment": "platform"}
        )  # fmt: skip

    def _data(self, site: str, more: int, lies: dict[str, Any]) -> bytes:
        if self.counting:
            self.count += 1
        flags = UP | more | (UV if lies.get("verified", self.verifies) else 0)
        flags |= BE | BS if self.synced else 0
        count = lies.get("count", self.count)
        return (
            hashlib.sha256(lies.get("site", site).encode()).digest()
            + bytes([flags])
            + int(count).to_bytes(4, "big")
        )

    def _raw(self, type: str, challenge: str, lies: dict[str, Any]) -> bytes:
        said = {
            "type": lies.get("type", type),
            "challenge": lies.get("challenge", challenge),
            "origin": lies.get("origin", self.origin),
            "crossOrigin": lies.get("cross", False),
        }
        return json.dumps(said).encode()

    def _client(self, type: str, challenge: str, lies: dict[str, Any]) -> str:
        return b64(self._raw(type, challenge, lies))
