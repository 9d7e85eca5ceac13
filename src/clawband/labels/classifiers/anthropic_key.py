"""Anthropic key: `sk-ant-`, the kind and its version (`api03`), then about 95 more.

Source: the shape of issued keys.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="anthropic-key",
    tag="secret",
    pattern=r"\b(sk-ant-[a-z]{3,8}\d{2}-[\w-]{60,})",
    confidence=0.97,
    check=lambda value: entropy(value) > 4,
)
EXAMPLES = (
    "x-api-key: "
    + "sk-ant"
    + "-api03-Zk4vQ8sXw2Rt7bNc9Ld3PmHyVf6Gp0Ju"
    + "-5TaEoI1rWqSxDcFvGbHnJmKlPz8Y7u6T5r4e3W2q1A0_AA",
    "x-api-key: sk-ant-api03-...",
)
