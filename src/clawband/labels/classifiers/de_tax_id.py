"""Tax identification number of Germany (IdNr): eleven digits, the last a check digit.

Source: Bundeszentralamt für Steuern; of the first ten digits one occurs two or three times.
"""

from collections import Counter

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import digits, mod_11_10


def check(value: str) -> float:
    """Right check digit, and the digits repeat as they must."""
    found = digits(value)
    repeats = sorted(count for count in Counter(found[:10]).values() if count > 1)
    return found[0] != 0 and repeats in ([2], [3]) and mod_11_10(value)


CLASSIFIER = Classifier(
    id="de-tax-id",
    tag="personal",
    pattern=r"\b([1-9]\d ?\d{3} ?\d{3} ?\d{3})\b",
    confidence=0.9,
    near=r"steuer-?id|steuerliche|identifikationsnummer|\bidnr\b|\btax.?id|\btin\b",
    alone=0.2,
    check=check,
)
EXAMPLES = ("Steuer-ID: 86 095 742 719", "Steuer-ID: 86 095 742 710, tel 12345678901")
