"""Figures of a company before they are public, and deals in the making.

Source: the vocabulary of Regulation (EU) 596/2014 article 7, inside information.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="financial-results",
    tag="business",
    pattern=(
        r"(?i)\b(insider information|inside information|material non-?public"
        r"|unaudited (?:results|figures|accounts)"
        r"|(?:revenue|sales|earnings|cash ?flow) forecast|board (?:paper|minutes"
        r"|resolution)|term sheet|cap table"
        r"|due diligence|data room|letter of intent|draft results|umsatzprognose"
        r"|vorstandsvorlage)\b"
    ),
    confidence=0.55,
)
EXAMPLES = ("The revenue forecast for Q4 is attached", "the weather forecast; a term paper")
