"""Social insurance number of Canada: nine digits with a Luhn check digit.

Source: Service Canada, "Social Insurance Number validation".
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import luhn

CLASSIFIER = Classifier(
    id="ca-sin",
    tag="personal",
    pattern=(
        r"(?:\bSIN[ :#]|(?i:social insurance (?:number|no\.?)|assurance sociale))\D{0,10}?"
        r"\b([1-79]\d\d[ -]?\d{3}[ -]?\d{3})\b"
    ),
    confidence=0.9,
    check=luhn,
)
EXAMPLES = ("SIN 130 692 544", "SIN 130 692 545, sin 130 692 544")
