"""Google key: `AIza` (API key), `GOCSPX-` (OAuth client secret), `ya29.` (access token).

Source: Google Cloud docs, "Manage API keys" and "Using OAuth 2.0". Keys of web pages are public
by design but look the same.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="google-api-key",
    tag="secret",
    pattern=r"\b(AIza[\w-]{35}|GOCSPX-[\w-]{28}|ya29\.[\w-]{60,})(?:[^\w-]|\z)",
    confidence=0.9,
    check=lambda value: entropy(value) > 3.5,
)
EXAMPLES = (
    "maps?key=" + "AIza" + "SyDk4vQ8sXw2Rt7bNc9Ld3PmHyVf6Gp0JuE",
    "maps?key=AIzaSy and AIza" + "a" * 35,
)
