"""Cookie of a session: whoever sends it is signed in.

Source: RFC 6265 §4.1 and §4.2.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="session-cookie",
    tag="secret",
    pattern=(
        r"(?i)\bcookie[\"'`]?\s{0,3}[:=]\s{0,3}[^\r\n]*?"
        r"(?:sess(?:ion)?(?:_?id)?|sid|auth|jsessionid|remember)[\w.-]{0,20}=([^\s;,\"']{16,})"
    ),
    confidence=0.75,
    check=lambda value: entropy(value) > 3.2,
)
EXAMPLES = (
    "Set-Cookie: sessionid=k4vQ8sXw2Rt7bNc9Ld3PmHyVf6; Secure; HttpOnly",
    "Set-Cookie: theme=dark; Path=/, and cookie: sessionid=none",
)
