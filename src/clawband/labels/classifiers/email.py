"""Mail address. One says little: every mailbox is full of them.

Source: RFC 5321 §4.1.2, the part of it that is used.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="email",
    tag="personal",
    pattern=r"(?i)\b([a-z0-9][a-z0-9._%+-]*@(?:[a-z0-9-]+\.)+[a-z]{2,})\b",
    confidence=0.3,
)
EXAMPLES = ("write to ada.lovelace@example.com", "@decorator, git@host, and 3@4.5")
