"""Figures of a company before they are public, and deals in the making.

Source: the vocabulary of Regulation (EU) 596/2014 article 7, inside information.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="financial-results",
    tag="business",
    pattern=(
        r"(?i)\b(insider? information|material non-?public|draft results"
        r"|unaudited (?:results|figures|accounts)|(?:revenue|sales|earnings|cash ?flow) forecast"
        r"|board (?:paper|minutes|resolution)|term sheet|cap table|due diligence|data room"
        r"|letter of intent|umsatzprognose|vorstandsvorlage)\b"
    ),
    confidence=0.55,
)
EXAMPLES = ("The revenue forecast for Q4 is attached", "the weather forecast; a term paper")
