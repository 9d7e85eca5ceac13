"""Key of a service that watches programs: New Relic, Dynatrace, Grafana Cloud, PostHog.

Source: the API key pages of these services.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="observability-key",
    tag="secret",
    pattern=(
        r"\b(NRAK-[A-Z0-9]{27}|dt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}|glc_[A-Za-z0-9+/]{32,}={0,2}"
        r"|phx_[A-Za-z0-9]{43,48})"
    ),
    confidence=0.95,
    check=lambda value: entropy(value) > 3,
)
EXAMPLES = (
    "NEW_RELIC_API_KEY=" + "NRAK" + "-8XW2RT7BNC9LD3PMHYVF6GP0JUQ",
    "NRAK-EXAMPLE, dt0c01.public and glc_" + "a" * 40,
)
