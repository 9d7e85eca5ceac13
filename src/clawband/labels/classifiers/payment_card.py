"""Payment card number, with the issuer's prefix and length and the Luhn check digit.

Source: ISO/IEC 7812-1; the ranges of the large schemes. One in ten random numbers has a right check
digit, so a number without groups and without a word for it weighs little.
"""

import re

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import luhn

_ISSUED = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"
    r"|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}"
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|62\d{14,17}"
    r"|35(?:2[89]|[3-8]\d)\d{12,15}|3(?:0[0-5]|[689]\d)\d{11}"
)


def check(value: str) -> float:
    """Issued and with a right check digit; groups make it likelier."""
    plain = re.sub("[ -]", "", value)
    if not _ISSUED.fullmatch(plain) or not luhn(plain) or len(set(plain)) < 2:
        return 0
    return 1.0 if plain != value else 0.6


CLASSIFIER = Classifier(
    id="payment-card",
    tag="personal",
    pattern=(
        r"(?:\A|[^\w.-])([2-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}"
        r"|3[4-9]\d\d[ -]?\d{6}[ -]?\d{4,5})\b"
    ),
    confidence=0.95,
    near=r"card|visa|amex|credit|debit|karte|carte|tarjeta|cvv|cvc|expir",
    alone=0.7,
    check=check,
)
EXAMPLES = (
    "card 4111 1111 1111 1111, expires 04/29",
    "order 4111 1111 1111 1112, ratio 0.4111111111111111, id 9411111111111111",
)
