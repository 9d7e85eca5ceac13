"""Diagnosis as a code of ICD-10, in a field that says so.

Source: WHO, ICD-10 volume 2 §2.4: a letter, two digits, and up to four more after a dot.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="diagnosis-code",
    tag="personal",
    pattern=(
        r"(?i:\b(?:icd-?10(?:-?(?:cm|gm))?(?: codes?)?|diagnos(?:is|es|e|en)(?: codes?)?"
        r"|dx))[\"']?"
        r"[ :=(\[]{1,4}[\"']?([A-TV-Z]\d[0-9AB](?:\.[0-9A-Z]{1,4})?)\b"
    ),
    confidence=0.75,
)
EXAMPLES = (
    "Diagnosis: F32.1, first episode",
    "diagnosis: none; ICD-10 has 14,000 codes; model F150",
)
