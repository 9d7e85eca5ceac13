"""JSON web token: a header and claims in base 64 of JSON, and a signature. Its bearer acts.

Source: RFC 7519 §3, RFC 7515 §7.1.
"""

import base64
import binascii
import json

from clawband.labels.classifiers import Classifier

_EXAMPLE = "eyJzdWIiOiIxMjM0NTY3ODkwIiwi"
"""How the claims of the token begin that every manual shows."""


def check(value: str) -> float:
    """Is the header JSON that names an algorithm?"""
    header, claims, _ = value.split(".")
    if claims.startswith(_EXAMPLE):
        return 0
    try:
        named = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return 0
    return isinstance(named, dict) and "alg" in named


CLASSIFIER = Classifier(
    id="jwt",
    tag="secret",
    pattern=r"\b(eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,})",
    confidence=0.85,
    check=check,
)


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


_REST = "." + _encoded('{"iss":"bills","uid":88}') + ".k4vQ8sXw2Rt7bNc9Ld3PmHyVf6"
EXAMPLES = (_encoded('{"alg":"HS256"}') + _REST, _encoded('{"typ":"nothing"}') + _REST)
