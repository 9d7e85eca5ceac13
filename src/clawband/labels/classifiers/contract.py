"""Contract: the words that open one, and non-disclosure agreements.

Source: the form of agreements in English and German.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="contract",
    tag="business",
    pattern=(
        r"(?i)\b(this (?:\w+ ){0,3}agreement (?:\([^)\n]+\) )?is (?:made|entered)"
        r"|non-?disclosure agreement|under nda|by and between|in witness whereof"
        r"|statement of work|master services? agreement|geheimhaltungsvereinbarung"
        r"|zwischen (?:den )?(?:nach)?folgenden parteien|dienstleistungsvertrag"
        r"|im folgenden (?:auftraggeber|auftragnehmer))\b"
    ),
    confidence=0.6,
)
EXAMPLES = (
    "This Services Agreement is entered into on 1 May",
    "we are in agreement; by and large; permission is granted under this licence",
)
