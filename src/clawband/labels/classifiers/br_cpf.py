"""Taxpayer number of Brazil (CPF): nine digits and two check digits.

Source: Receita Federal, Instrução Normativa RFB 1548/2015.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import digits, weighted


def check(value: str) -> float:
    """Both check digits."""
    found = digits(value)
    first = weighted(value, tuple(range(10, 1, -1))) * 10 % 11 % 10
    second = weighted(value, tuple(range(11, 1, -1))) * 10 % 11 % 10
    return len(set(found)) > 1 and found[9:] == [first, second]


CLASSIFIER = Classifier(
    id="br-cpf",
    tag="personal",
    pattern=r"\b(\d{3}\.\d{3}\.\d{3}-\d\d)\b|(?i:\bcpf)\D{0,10}?\b(\d{11})\b",
    confidence=0.9,
    check=check,
)
EXAMPLES = ("CPF 529.982.247-25", "CPF 529.982.247-26, 111.111.111-11")
