"""AWS secret access key: 40 of base 64 behind its name; by itself it looks like any hash.

Source: AWS IAM user guide, "Manage access keys for IAM users".
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="aws-secret-key",
    tag="secret",
    pattern=(
        r"(?i)\b(?:aws_?)?secret_?(?:access)?_?key(?:_?id)?[\"'`]?\s{0,3}[:=]\s{0,3}[\"'`]?"
        r"([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|\z)"
    ),
    confidence=0.95,
    check=lambda value: entropy(value) > 4,
)
EXAMPLES = (
    "aws_secret_access_key = " + "k3JHq8/Ls0zWv+2RfXb7" + "TnYcDe5MgUaPi1oQ4r9E",
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
)
