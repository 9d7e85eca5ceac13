"""Random-looking value behind a name that says key, token or secret.

The name and the entropy together; what only looks like a hash or a UUID weighs less.
"""

import re2

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy, name_like, wordy

_UUID = re2.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def check(value: str) -> float:
    """Letters with digits, and as mixed as chance makes them."""
    if name_like(value) or wordy(value) or value.isdecimal() or entropy(value) < 3.2:
        return 0
    if "=" in value.rstrip("="):
        return 0  # one thing given to the next, in a program
    return 0.6 if _UUID.fullmatch(value) else 1.0


CLASSIFIER = Classifier(
    id="named-secret",
    tag="secret",
    pattern=(
        r"(?:\b(?i:(?:api|auth|access|refresh|client|app|bot|bearer|private|secret|signing|master"
        r"|encryption|webhook|license|account|service|deploy)[_ -]?(?:key|token|secret)|secret"
        r"|token|credentials?)"
        r"|\b[A-Z][A-Z0-9_]+_(?:TOKEN|SECRET|(?:API|ACCESS|SECRET|PRIVATE)_?KEY)"
        r"|\b[a-z][a-z0-9_]+_(?:token|secret|(?:api|access|secret|private)_?key))"
        r"[\"'`]?\s{0,3}(?:[:=]|:=|=>)\s{0,3}[\"'`]?([\w+/=.~-]{16,})"
    ),
    confidence=0.75,
    check=check,
)
EXAMPLES = (
    'client_secret: "k4vQ8sXw2Rt7bNc9Ld3PmHyVf6"',
    '"nextPageToken": "k4vQ8sXw2Rt7bNc9Ld3PmHyVf6", "integrity": "sha512-k4vQ8sXw2Rt7bNc9==", '
    "secret = vault.read_the_secret, commit 3fa94c07d1e85b26f0c9a7e41d83b562aa11bb22",
)
