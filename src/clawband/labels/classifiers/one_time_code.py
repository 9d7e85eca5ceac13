"""Code that proves who somebody is, once: by message, mail or app.

Four to eight digits are a code only beside the words for it. Source: the wording of the large
senders, and the form of RFC 6238 §1.2 codes.
"""

from clawband.labels.classifiers import Classifier

_WORDS = (
    r"(?:(?:security|verification|authentication|authori[sz]ation|access|log-?in|sign-?in"
    r"|one[- ]time"
    r"|single[- ]use|2fa|mfa|two[- ]factor|reset|recovery|backup)[ -](?:pass)?(?:code|word|pin)s?"
    r"|passcode|otp|einmal(?:code|passwort)|(?:bestätigungs|sicherheits|anmelde)code"
    r"|code de (?:vérification|sécurité)|código de (?:verificación|seguridad))"
)
_CODE = r"(\d{4,8}|\d{3}[ -]\d{3}|g-\d{6})"


def check(value: str) -> float:
    """What looks like a year is one, most likely."""
    return 0.4 if len(value) == 4 and value[:2] in ("19", "20") else 1.0


CLASSIFIER = Classifier(
    id="one-time-code",
    tag="secret",
    pattern=(
        rf"(?i)\b{_WORDS}\b[^\d\n]{{0,40}}?\b{_CODE}\b"
        rf"|\b{_CODE}\b (?:is|ist|est|es) (?:your|ihr|dein|votre|tu|su)\b"
        r"[^\d\n]{0,40}?(?:code|otp)\b"
    ),
    confidence=0.7,
    check=check,
)
EXAMPLES = (
    "Your security code is 463820. It expires in ten minutes.",
    "Error code 463820: the area code 030 is missing; see building code 2019",
)
