"""Account at a bank without an IBAN: the number behind its name, sort codes, routing numbers.

Source: the labels of bank forms; ABA routing numbers and UK sort codes.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="bank-account",
    tag="personal",
    pattern=(
        r"(?i)(?:\b|_)(?:account[ _-]?(?:number|no|nr|#)|acct[ _.]?(?:no|#)|kontonummer"
        r"|numéro de compte|número de cuenta|sort[ _]code|routing[ _](?:number|no)|aba)\b"
        r"\.?[\"']?[ :=#]{1,4}[\"']?(\d\d-\d\d-\d\d|\d[\d -]{4,20}\d)\b"
    ),
    confidence=0.7,
    near=r"bank|sort.code|routing|kontonummer|\bblz\b|\bswift\b|\bbic\b|compte|cuenta|\baba\b",
    alone=0.4,
)
EXAMPLES = (
    "Account number: 31926819, sort code 60-16-13",
    "account number missing; account 7; the aba 12",
)
