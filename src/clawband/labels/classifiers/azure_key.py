"""Azure: the account key of a connection string, and the secret of an app registration.

Source: Microsoft Learn, "Configure Azure Storage connection strings"; client secrets have `Q~`
after four characters.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="azure-key",
    tag="secret",
    pattern=(
        r"(?:(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{43,}={1,2}))"
        r"|(?:\b|[^\w.~-])([\w~.-]{3}\dQ~[\w~.-]{31,34})(?:[^\w.~-]|\z)"
    ),
    confidence=0.95,
    check=lambda value: entropy(value) > 3.5,
)
EXAMPLES = (
    "DefaultEndpointsProtocol=https;AccountName=bills;AccountKey="
    + "k4vQ8sXw2Rt7bNc9Ld3PmHyVf6Gp0Ju"
    + "q5Ym1Hf6Gp0Ju8Vd2Ae4+/zZ1xY3wV5uT7sR9qPbCdEfGhIjKlMnOpQ"
    + "==",
    "AccountKey=" + "A" * 86 + "==",
)
