"""Mail address. One says little: every mailbox is full of them.

Source: RFC 5321 §4.1.2, the part of it that is used.
"""

import re2

from clawband.labels.classifiers import Classifier

_ROLE = re2.compile(
    r"(?i)(?:info|contact|hello|office|support|help|service|sales|orders?|bookings?|reservations?|rent"
    r"|team|admin|webmaster|press|jobs|billing|accounts?|no-?reply|donotreply|notifications?|news"
    r"|newsletter|kontakt|buero|bestellung|rechnung)\b.*"
)
"""The address of an office, not of a person."""

CLASSIFIER = Classifier(
    id="email",
    tag="personal",
    pattern=r"(?i)\b([a-z0-9][a-z0-9._%+-]*@(?:[a-z0-9-]+\.)+[a-z]{2,})\b",
    confidence=0.3,
    check=lambda value: 0.3 if _ROLE.match(value) else 1.0,
)
EXAMPLES = ("write to ada.lovelace@example.com", "@decorator, git@host, and 3@4.5")
