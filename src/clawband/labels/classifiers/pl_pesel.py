"""Personal number of Poland (PESEL): birth, serial and a check digit.

Source: Ustawa o ewidencji ludności (2010), art. 15.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import weighted

CLASSIFIER = Classifier(
    id="pl-pesel",
    tag="personal",
    pattern=r"(?i:\bpesel)\D{0,20}?\b(\d{11})\b",
    confidence=0.92,
    check=lambda value: weighted(value, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0,
)
EXAMPLES = ("PESEL: 44051401359", "PESEL: 44051401358, id 44051401359")
