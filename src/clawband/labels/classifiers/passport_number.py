"""Passport or identity card number: no common shape, so only behind its name.

Source: ICAO Doc 9303 part 4: at most nine letters and digits.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import digits

CLASSIFIER = Classifier(
    id="passport-number",
    tag="personal",
    pattern=(
        r"(?i:(?:\b|_)(?:passport|reisepass|personalausweis|passeport|pasaporte|passaporto"
        r"|driv(?:er'?s?|ing)[ _]licen[cs]e|identity card)"
        r"(?:[ _-]?(?:number|no|nr|num|nummer|numéro|número|id)\b\.?| ?#)?)"
        r"[\"']?[ :=#]{1,4}(?:is |ist )?[\"']?([A-Z]{0,3}[ -]?[0-9][A-Z0-9]{5,9})\b"
    ),
    confidence=0.8,
    check=lambda value: len(digits(value)) >= 5,
)
EXAMPLES = (
    "Passport number: C01X00T47 and passport no. 533380006",
    "passport control at gate 22, passport photos 35x45",
)
