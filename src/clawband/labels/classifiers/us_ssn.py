"""Social security number of the United States.

Source: Social Security Administration, "SSN randomization" (2011): areas 000, 666 and 9xx, group 00
and serial 0000 are never given; numbers of advertisements and manuals are no one's.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import digits

_NOBODY = {"078051120", "219099999", "123456789", "987654321", "111223333"}


def check(value: str) -> float:
    """Could it have been given to somebody?"""
    plain = "".join(map(str, digits(value)))
    never = plain[0] == "9" or plain[:3] in ("000", "666") or plain[3:5] == "00"
    return not (never or plain[5:] == "0000" or plain in _NOBODY)


CLASSIFIER = Classifier(
    id="us-ssn",
    tag="personal",
    pattern=(
        r"\b(\d{3}-\d{2}-\d{4})\b"
        r"|(?i:\bssn|social security)(?i: number| no\.?| #)?[\"']?[ :=#]{1,4}[\"']?"
        r"(\d{9}|\d{3} \d\d \d{4})\b"
    ),
    confidence=0.92,
    near=r"\bssn|social.security|taxpayer",
    alone=0.55,
    check=check,
)
EXAMPLES = ("SSN: 536-22-8741", "SSN: 078-05-1120, part 000-12-3456, date 2026-11-22")
