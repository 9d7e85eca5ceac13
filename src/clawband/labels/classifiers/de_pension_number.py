"""Pension insurance number of Germany: area, date of birth, initial, serial, check digit.

Source: VKVV §2 to §4 (Versicherungsnummern-, Kontoführungs- und Versicherungsverlaufsverordnung).
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import digits

_WEIGHTS = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)


def check(value: str) -> float:
    """The letter counts as its two digits; the sums of the digits of the products add up."""
    plain = value.replace(" ", "")
    spelled = digits(f"{plain[:8]}{ord(plain[8]) - 64:02}{plain[9:]}")
    products = (digit * weight for digit, weight in zip(spelled, _WEIGHTS, strict=False))
    return sum(product // 10 + product % 10 for product in products) % 10 == spelled[-1]


CLASSIFIER = Classifier(
    id="de-pension-number",
    tag="personal",
    pattern=r"\b(\d\d ?[0-3]\d[01]\d\d\d ?[A-Z] ?\d{3})\b",
    confidence=0.9,
    near=r"rentenversicherung|sozialversicherung|versicherungsnummer|\brvnr\b|\bsvnr\b",
    alone=0.4,
    check=check,
)
EXAMPLES = (
    "Sozialversicherungsnummer 15 070649 C 103",
    "Sozialversicherungsnummer 15 070649 C 104",
)
