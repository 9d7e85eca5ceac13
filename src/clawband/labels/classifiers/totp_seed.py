"""Seed of an authenticator app: who has it makes every code.

Source: the `otpauth` URI of the Key Uri Format; RFC 6238.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="totp-seed",
    tag="secret",
    pattern=r"(?i)\botpauth://[ht]otp/[^\s\"'<>]*[?&]secret=([A-Z2-7]{16,}=*)",
    confidence=0.97,
)
EXAMPLES = (
    "otpauth://totp/Bills:ada?secret=KZXQ7LMPN5HHHFPZ&issuer=Bills",
    "otpauth://totp/Bills:ada?secret=",
)
