"""NHS number of England and Wales: ten digits, the last a check digit.

Source: NHS Data Dictionary, "NHS number".
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import digits, weighted


def check(value: str) -> float:
    """Eleven minus the weighted sum modulo 11; 11 is written 0, and 10 is never given."""
    return (11 - weighted(value, tuple(range(10, 1, -1))) % 11) % 11 == digits(value)[-1]


CLASSIFIER = Classifier(
    id="nhs-number",
    tag="personal",
    pattern=r"(?i:\bnhs(?: number| no\.?)?)\D{0,10}?\b(\d{3}[ -]?\d{3}[ -]?\d{4})\b",
    confidence=0.92,
    check=check,
)
EXAMPLES = ("NHS number: 943 476 5919", "NHS number: 943 476 5918, NHS 111")
