"""npm access token: `npm_`, 30 of base 62, and their CRC-32 in six more, as GitHub does it.

Source: GitHub changelog, "npm has a new access token format" (2021).
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import crc_62


def check(value: str) -> float:
    """A wrong check sum makes it a made-up token, most likely."""
    return 1.0 if crc_62(value[4:34]) == value[34:] else 0.4


CLASSIFIER = Classifier(
    id="npm-token",
    tag="secret",
    pattern=r"\b(npm_[A-Za-z0-9]{36})\b",
    confidence=0.99,
    check=check,
)
_BODY = "d8Fk2LqPzR7tXvB3nM5sYwC9hJ4gQe"
EXAMPLES = (f"_authToken=npm_{_BODY}{crc_62(_BODY)}", "npm_config_registry, npm_" + "x" * 36)
