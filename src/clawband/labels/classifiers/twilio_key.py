"""Twilio: an API key (`SK` and 32 hexadecimal), or the auth token behind its name.

Source: Twilio docs, "API keys" and "Auth tokens".
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="twilio-key",
    tag="secret",
    pattern=r"(?:\bSK|(?i:auth_?token)[\"'`]?\s{0,3}[:=]\s{0,3}[\"'`]?)([0-9a-f]{32})\b",
    confidence=0.85,
    near=r"twilio|\bAC[0-9a-f]{32}\b",
    alone=0.45,
    check=lambda value: entropy(value) > 3,
)
EXAMPLES = (
    "TWILIO_AUTH_TOKEN=" + "3fa94c07d1e85b26" + "f0c9a7e41d83b562",
    "SKU 3fa94c07d1e85b26, and SK" + "a" * 32,
)
