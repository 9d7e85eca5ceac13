"""Invoice: its number behind its name.

Source: Council Directive 2006/112/EC article 226, what an invoice must hold.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import digits

CLASSIFIER = Classifier(
    id="invoice",
    tag="business",
    pattern=(
        r"(?i)\b(?:invoice|rechnung|factura|facture|credit note|purchase order)s?[ _-]?"
        r"(?:number|no|nr|num|nummer|id|#)?[\"']?[ .:#=]{1,4}[\"']?([a-z]{0,5}[-/]?\d[\w/-]{2,})\b"
    ),
    confidence=0.55,
    check=lambda value: len(digits(value)) >= 3,
)
EXAMPLES = ("Invoice No. 2026-1138, due in 14 days", "no invoice yet; invoice me in May; invoice 1")
