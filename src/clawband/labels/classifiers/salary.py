"""What somebody earns: pay with an amount.

Source: the labels of payslips and offers in English and German.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="salary",
    tag="business",
    pattern=(
        r"(?i)\b(?:salary|(?:gross|net|annual|monthly|base) pay|compensation|bonus|payroll"
        r"|gehalt|jahresgehalt|grundgehalt|bruttolohn|nettolohn)\b[^\n\d]{0,30}?"
        r"((?:[$€£]|usd|eur|gbp|chf) ?\d[\d.,' ]{2,12}k?"
        r"|\d[\d.,']{2,12}k? ?(?:[$€£]|usd|eur|gbp|chf|euro))"
    ),
    confidence=0.65,
)
EXAMPLES = ("Base salary: $125,000 a year", "salary negotiable; a bonus of 20 points")
