"""Number under which a patient or an insured person is kept, behind its name.

Source: the labels of hospital forms; HIPAA 45 CFR 164.514(b)(2)(i)(H) names it as an identifier.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import digits

CLASSIFIER = Classifier(
    id="medical-record-number",
    tag="personal",
    pattern=(
        r"(?i:(?:\b|_)(?:mrn|medical[ _]record[ _](?:number|no\.?)|patient[ _-]?(?:id|number|no\.?)"
        r"|health plan id|krankenversichertennummer|versichertennummer|patientennummer))"
        r"[\"']?[ :=#]{1,4}[\"']?([A-Z]{0,3}-?\d[A-Z0-9-]{4,14})\b"
    ),
    confidence=0.8,
    check=lambda value: len(digits(value)) >= 5,
)
EXAMPLES = ("MRN: 00482913", "MRN: pending; patient no: 12")
