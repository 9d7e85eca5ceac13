"""Words that keep a lawyer's advice out of court, printed on top of it.

Source: the marking practice of common law countries.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="legal-privilege",
    tag="business",
    pattern=(
        r"(?i)\b(attorney[- ]client (?:privileged?|communication)"
        r"|(?:legally )?privileged (?:and|&) confidential"
        r"|legal professional privilege|attorney work product)\b"
    ),
    confidence=0.8,
)
EXAMPLES = ("PRIVILEGED AND CONFIDENTIAL: advice on the merger", "a privileged user, an attorney")
