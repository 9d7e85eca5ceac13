"""Web address with a name and a password in it.

Source: RFC 3986 §3.2.1, userinfo. What is found is the password.
"""

from clawband.labels.classifiers import Classifier

_WEAK = {"pass", "password", "secret", "token", "pwd", "x-oauth-basic", "test"}

CLASSIFIER = Classifier(
    id="basic-auth-url",
    tag="secret",
    pattern=r"(?i)\b(?:https?|wss?|git)://[^\s:@/\"'<>`]*:([^\s:@/\"'<>`]{3,})@[a-z0-9\[]",
    confidence=0.85,
    check=lambda value: 0.4 if value.lower() in _WEAK else 1.0,
)
EXAMPLES = (
    "fetch https://reports:k4vQ8sXw2Rt7@intranet.test/q3",
    "fetch https://user:<password>@host.test, https://host.test:8443/@handle",
)
