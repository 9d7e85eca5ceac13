"""Recovery phrase of a wallet or an account: twelve or more plain words after its name.

Source: BIP 39 (12, 15, 18, 21 or 24 words of three to eight letters).
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="recovery-phrase",
    tag="secret",
    pattern=(
        r"(?i:(?:recovery|seed|mnemonic|secret)(?: phrase| words?)?"
        r"|mnemonic)[\"'`]?\s{0,3}[:=]\s{0,3}[\"'`]?"
        r"((?:[a-z]{3,8}[ ,]{1,2}){11,}[a-z]{3,8})\b"
    ),
    confidence=0.85,
)
EXAMPLES = (
    "Seed phrase: tulip rain copper lamp orbit fence maple swim coach idle vapor noble",
    "Seed phrase: write it down where nobody finds it. Recovery: after a week of rest",
)
