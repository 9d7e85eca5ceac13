"""National insurance number of the United Kingdom: two letters, six digits, a letter A to D.

Source: HMRC manual NIM39110.
"""

from clawband.labels.classifiers import Classifier

_NEVER = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}

CLASSIFIER = Classifier(
    id="uk-nino",
    tag="personal",
    pattern=r"\b([A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D])\b",
    confidence=0.9,
    near=r"national.insurance|\bnino\b|\bni (?:number|no)",
    alone=0.4,
    check=lambda value: value[:2] not in _NEVER,
)
EXAMPLES = (
    "National Insurance number: JG 10 37 59 A",
    "National Insurance number: GB 10 37 59 A, QQ123456C",
)
