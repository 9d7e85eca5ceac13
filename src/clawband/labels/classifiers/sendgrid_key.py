"""SendGrid API key: `SG.`, 22, a dot, 43.

Source: Twilio SendGrid docs, "API keys".
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="sendgrid-key",
    tag="secret",
    pattern=r"\b(SG\.[\w-]{22}\.[\w-]{43})(?:[^\w-]|\z)",
    confidence=0.97,
    check=lambda value: entropy(value) > 4,
)
EXAMPLES = (
    "SENDGRID=" + "SG" + ".k4vQ8sXw2Rt7bNc9Ld3PmH.yVf6Gp0Juq5Ym1Hf6Gp0Ju8Vd2Ae4ToIrWqSzXxDcFv",
    "SG.something.else",
)
