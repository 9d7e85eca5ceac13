"""AWS access key id: `AKIA` (long-lived) or `ASIA` (temporary), then 16 of base 32.

Source: AWS IAM user guide, "IAM identifiers", unique id prefixes.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="aws-access-key",
    tag="secret",
    pattern=r"\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b",
    confidence=0.9,
)
EXAMPLES = (
    "aws configure set aws_access_key_id " + "AKIA" + "QWLPMN5HHHFPZAM2",
    "AWS's own example is AKIAIOSFODNN7EXAMPLE, and AKIA alone is nothing",
)
