"""Account at a bank without an IBAN: the number behind its name, sort codes, routing numbers.

Source: the labels of bank forms; ABA routing numbers and UK sort codes.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="bank-account",
    tag="personal",
    pattern=(
        r"(?i)\b(?:(?:bank )?account[ _-]?(?:number|no|nr|#)|acct[ _.]?(?:no|#)|kontonummer"
        r"|numéro de compte|número de cuenta|sort code|routing (?:number|no)"
        r"|\baba)\b\.?[\"']?[ :=#]{1,4}[\"']?"
        r"(\d{2}-\d{2}-\d{2}|\d[\d -]{4,20}\d)\b"
    ),
    confidence=0.7,
)
EXAMPLES = ("Account number: 31926819, sort code 60-16-13", "account number missing; account 7")
