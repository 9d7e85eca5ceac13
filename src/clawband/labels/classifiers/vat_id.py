"""VAT number of a business in the European Union or the United Kingdom. It is printed on invoices.

Source: VIES, "Structure of VAT numbers".
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="vat-id",
    tag="business",
    pattern=(
        r"\b(ATU\d{8}|BE[01]\d{9}|(?:DE|PT|EE|EL|GB)\d{9}|FR[A-Z0-9]{2}\d{9}|(?:IT|LV|HR)\d{11}"
        r"|NL\d{9}B\d\d|ES[A-Z0-9]\d{7}[A-Z0-9]|PL\d{10}|SE\d{12}|(?:DK|FI|HU|LU|MT|SI)\d{8})\b"
    ),
    confidence=0.45,
    near=r"\bvat\b|ust-?id|umsatzsteuer|\btva\b|\biva\b|btw|mwst",
    alone=0.15,
)
EXAMPLES = ("USt-IdNr. DE136695976", "part DE13669, GB12345")
