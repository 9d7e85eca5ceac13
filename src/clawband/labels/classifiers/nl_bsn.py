"""Citizen service number of the Netherlands: nine digits that pass the eleven test.

Source: Rijksdienst voor Identiteitsgegevens, "Logisch ontwerp BSN".
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import weighted

CLASSIFIER = Classifier(
    id="nl-bsn",
    tag="personal",
    pattern=r"(?i:\bbsn|burgerservicenummer|sofinummer)\D{0,20}?\b(\d{9})\b",
    confidence=0.9,
    check=lambda value: weighted(value, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0,
)
EXAMPLES = ("BSN: 111222333", "BSN: 111222334, order 111222333")
