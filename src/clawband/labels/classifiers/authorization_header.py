"""Credential of an HTTP request: `Authorization: Bearer …`, `Basic …`, `Token …`, `X-Api-Key: …`.

Source: RFC 9110 §11.6.2, RFC 6750 §2.1.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy, name_like

CLASSIFIER = Classifier(
    id="authorization-header",
    tag="secret",
    pattern=(
        r"(?i)\b(?:authorization[\"'`]?\s{0,3}[:=]\s{0,3}[\"'`]?(?:bearer|basic|token|apikey)\s{1,3}"
        r"|x-api-key[\"'`]?\s{0,3}[:=]\s{0,3}[\"'`]?)([\w+/=.~-]{16,})"
    ),
    confidence=0.85,
    check=lambda value: entropy(value) > 3.2 and not name_like(value),
)
EXAMPLES = (
    "curl -H 'Authorization: Bearer k4vQ8sXw2Rt7bNc9Ld3PmHyVf6'",
    "curl -H 'Authorization: Bearer YOUR_ACCESS_TOKEN_HERE'; send an Authorization header",
)
