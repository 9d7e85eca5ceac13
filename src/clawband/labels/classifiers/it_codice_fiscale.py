"""Tax code of Italy: name, birth and place in sixteen characters, the last a check.

Source: Decreto ministeriale 23 December 1976.
"""

from clawband.labels.classifiers import Classifier

_ODD = dict(zip(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6,
     8, 12, 14, 16, 10, 22, 25, 24, 23), strict=True,
))  # fmt: skip


def _even(char: str) -> int:
    return int(char) if char.isdecimal() else ord(char) - 65


def check(value: str) -> float:
    """Is the last letter right?"""
    total = sum(_ODD[char] for char in value[:15:2]) + sum(map(_even, value[1:15:2]))
    return chr(65 + total % 26) == value[-1]


CLASSIFIER = Classifier(
    id="it-codice-fiscale",
    tag="personal",
    pattern=r"\b([A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z])\b",
    confidence=0.93,
    check=check,
)
EXAMPLES = ("codice fiscale RSSMRA85T10A562S", "codice fiscale RSSMRA85T10A562T")
