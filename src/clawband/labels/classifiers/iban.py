"""International bank account number, with its country's length and its check digits.

Source: ISO 13616, the SWIFT IBAN registry.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import mod_97

_COUNTRIES = {
    15: "NO", 16: "BE", 18: "DK|FI|FO|GL|NL|SD|FK", 19: "MK|SI", 20: "AT|BA|EE|KZ|LT|LU|XK|MN",
    21: "CH|HR|LI|LV", 22: "BG|BH|CR|DE|GB|GE|IE|ME|RS|VA", 23: "AE|GI|IL|IQ|OM|SO|TL",
    24: "AD|CZ|ES|MD|PK|RO|SA|SE|SK|TN|VG", 25: "LY|PT|ST", 26: "IS|TR",
    27: "BI|DJ|FR|GR|IT|MC|MR|SM", 28: "AL|AZ|BY|CY|DO|GT|HU|LB|NI|PL|SV", 29: "BR|EG|PS|QA|UA",
    30: "JO|KW|MU|YE", 31: "MT|SC", 32: "LC", 33: "RU",
}  # fmt: skip


def _form(length: int, countries: str) -> str:
    groups, rest = divmod(length - 4, 4)
    tail = rf"[ -]?[A-Z0-9]{{{rest}}}" if rest else ""
    return rf"(?:{countries})\d\d(?:[ -]?[A-Z0-9]{{4}}){{{groups}}}{tail}"


def check(value: str) -> float:
    """Are the check digits right?"""
    plain = value.replace(" ", "").replace("-", "")
    return mod_97(plain[4:] + plain[:4])


CLASSIFIER = Classifier(
    id="iban",
    tag="personal",
    pattern=rf"\b({'|'.join(_form(*each) for each in _COUNTRIES.items())})\b",
    confidence=0.9,
    check=check,
)
EXAMPLES = (
    "pay to DE89 3704 0044 0532 0130 00 by Friday",
    "pay to DE88 3704 0044 0532 0130 00; part DE89370400440532",
)
