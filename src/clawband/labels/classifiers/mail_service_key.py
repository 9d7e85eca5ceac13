"""Key of a service that sends mail: Mailgun, Mailchimp, Brevo, Resend.

Source: the API key pages of these services.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="mail-service-key",
    tag="secret",
    pattern=(
        r"\b(key-[0-9a-f]{32}|[0-9a-f]{32}-us\d{1,2}|xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}"
        r"|re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24})\b"
    ),
    confidence=0.9,
    check=lambda value: entropy(value) > 3,
)
EXAMPLES = (
    "MAILGUN=" + "key" + "-3fa94c07d1e85b26f0c9a7e41d83b562",
    "the row key-3fa94c07d1e85b26, and key-" + "a" * 32,
)
