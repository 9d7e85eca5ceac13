"""Token that moves money, other than Stripe's: Square, Shippo, Braintree, Plaid.

Source: the developer pages of these services.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="payment-token",
    tag="secret",
    pattern=(
        r"(?:\A|[^\w+/-])(sq0(?:csp|atp)-[\w-]{22,43}|EAAA[\w-]{60}"
        r"|shippo_(?:live|test)_[0-9a-f]{40}"
        r"|access_token\$production\$[a-z0-9]{16}\$[0-9a-f]{32}"
        r"|access-(?:development|production)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    ),
    confidence=0.95,
    check=lambda value: entropy(value) > (4.5 if value.startswith("EAA") else 3),
)
EXAMPLES = (
    "SHIPPO=" + "shippo" + "_live_3fa94c07d1e85b26f0c9a7e41d83b562aa11bb22",
    "shippo_live_key, access-production-key and sq0idp-public",
)
