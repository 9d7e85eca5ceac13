"""Key of a cloud with a sign of its own: Alibaba, Tencent, Yandex.

Source: the identity pages of these clouds.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="cloud-key",
    tag="secret",
    pattern=r"\b(LTAI[A-Za-z0-9]{16,24}|AKID[A-Za-z0-9]{32}|AQVN[\w-]{35,38})\b",
    confidence=0.9,
    check=lambda value: entropy(value) > 3.3,
)
EXAMPLES = (
    "ALIBABA_ACCESS_KEY_ID=" + "LTAI" + "5tZk4vQ8sXw2Rt7bNc9L",
    "LTAIR and AKID" + "A" * 32,
)
