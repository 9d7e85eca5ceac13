"""Telephone number, international or as written in North America. One says little.

Source: ITU-T E.164 §6 (at most 15 digits), the North American Numbering Plan.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import digits

CLASSIFIER = Classifier(
    id="phone",
    tag="personal",
    pattern=(
        r"(?:\A|[^\w.+/=-])(\+[1-9]\d{0,2}(?:[ ./-]{0,2}\(?\d{1,5}\)?){2,6}"
        r"|(?:\([2-9]\d\d\) ?|[2-9]\d\d[-.])[2-9]\d\d[-.]\d{4})\b"
    ),
    confidence=0.3,
    check=lambda value: 8 <= len(digits(value)) <= 15,
)
EXAMPLES = (
    "call +49 30 901820, or (212) 736-5000",
    "2 +3 4, 1.2.3.4, 2026-11-22, and a+1234567890",
)
