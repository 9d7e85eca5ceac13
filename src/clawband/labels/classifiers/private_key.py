"""Private key as text: PEM and OpenSSH, PGP, and age.

Source: RFC 7468, RFC 4880 §6.2, the age specification. Cut-off keys count from their first line.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="private-key",
    tag="secret",
    pattern=(
        r"(-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr])+"
        r"(?:[A-Za-z-]{2,}: [^\r\n\\]+(?:\s|\\[nr])+){0,4}"
        r"[A-Za-z0-9+/=]{32}(?:[A-Za-z0-9+/=\s]|\\[nr])*"
        r"(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)?"
        r"|AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58})"
    ),
    confidence=0.99,
)
EXAMPLES = (
    "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEAk4vQ8sXw2Rt7bNc9Ld3PmHyVf6Gp0Ju\n"
    "q5Ym1Hf6Gp0Ju8Vd2Ae4\n-----END RSA " + "PRIVATE KEY-----",
    "look for -----BEGIN PRIVATE KEY----- in your home; -----BEGIN CERTIFICATE----- is public",
)
