"""Aadhaar number of India: twelve digits, the last a Verhoeff check digit.

Source: UIDAI, "Aadhaar numbering scheme"; J. Verhoeff, "Error detecting decimal codes" (1969).
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import digits

_STEP = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _times(a: int, b: int) -> int:
    """Multiplication in the dihedral group of order ten."""
    if a < 5:
        return (a + b) % 5 if b < 5 else 5 + (a + b) % 5
    return 5 + (a - b) % 5 if b < 5 else (a - b) % 5


def check(value: str) -> float:
    """Does the product of the permuted digits come to nothing?"""
    total = 0
    for place, digit in enumerate(reversed(digits(value))):
        for _ in range(place % 8):
            digit = _STEP[digit]
        total = _times(total, digit)
    return total == 0


CLASSIFIER = Classifier(
    id="in-aadhaar",
    tag="personal",
    pattern=r"(?:\A|[^\w.-])([2-9]\d{3}[ -]?\d{4}[ -]?\d{4})\b",
    confidence=0.9,
    near=r"aadhaar|\buidai?\b",
    alone=0.2,
    check=check,
)
EXAMPLES = ("Aadhaar 2341 2341 2346", "Aadhaar 2341 2341 2347")
