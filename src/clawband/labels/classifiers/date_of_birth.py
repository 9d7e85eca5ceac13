"""Date of birth in a field that says so. "Born in" of a biography is left out.

Source: the labels of forms in English, German, French and Spanish.
"""

from clawband.labels.classifiers import Classifier

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"

CLASSIFIER = Classifier(
    id="date-of-birth",
    tag="personal",
    pattern=(
        r"(?i)\b(?:date[ _]of[ _]birth|birth[ _]?date|d\.?o\.?b\b\.?|geburtsdatum"
        r"|geb\.|geboren am|date de naissance|fecha de nacimiento)[\"']?[ :=]{1,4}[\"']?"
        r"(\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d"
        rf"|\d{{1,2}}\.? {_MONTH},? \d{{4}}|{_MONTH} \d{{1,2}},? \d{{4}})"
    ),
    confidence=0.7,
)
EXAMPLES = ("DOB: 1985-04-12", "dob: see file; founded 1985-04-12")
