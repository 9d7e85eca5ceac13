"""Stripe secret or restricted key of live mode, and the secret that signs its webhooks.

Source: Stripe docs, "API keys" and "Webhooks". Test keys move no money and are not looked for.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="stripe-key",
    tag="secret",
    pattern=r"\b((?:[sr]k_live_|whsec_)[A-Za-z0-9+/]{24,})",
    confidence=0.95,
    check=lambda value: entropy(value) > 3.5,
)
EXAMPLES = (
    "stripe.api_key = " + "sk" + "_live_51NzKQ8sXw2Rt7bNc9Ld3PmHyVf",
    "stripe.api_key = sk_test_4eC39HqLyjWDarjtT1zdp7dc, pk_live_ keys are public",
)
