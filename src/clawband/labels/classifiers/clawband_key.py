"""Clawband's own: a key of a service account, whose bearer acts for it."""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="clawband-key",
    tag="secret",
    pattern=r"\b(cbk_[A-Za-z0-9]{6,40}_[0-9a-f]{64})",
    confidence=0.99,
    check=lambda value: entropy(value) > 3,
)
EXAMPLES = (
    "CLAWBAND_TOKEN="
    + "cbk"
    + "_01M7ZK4VQ8_3fa94c07d1e85b26f0c9a7e41d83b5629b1e0c47a2d85f36c1f7a0e45b92d83c",
    "cbk_id_secret, and cbk_01M7ZK4VQ8_" + "a" * 64,
)
