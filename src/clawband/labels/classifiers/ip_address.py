"""Public address of a computer: personal data where a person sits behind it, often none.

Source: RFC 791, RFC 4291; private, loopback, link-local and documentation ranges are left out.
"""

import ipaddress

from clawband.labels.classifiers import Classifier


def check(value: str) -> float:
    """Is it an address of the public network?"""
    try:
        return ipaddress.ip_address(value).is_global
    except ValueError:
        return 0


CLASSIFIER = Classifier(
    id="ip-address",
    tag="personal",
    pattern=(
        r"(?i)(?:\A|[^\w.:-])((?:\d{1,3}\.){3}\d{1,3}"
        r"|[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){7})(?:[^\w.:-]|\.?\z)"
    ),
    confidence=0.2,
    check=check,
)
EXAMPLES = (
    "seen from 93.184.215.14 today",
    "seen from 10.0.0.7, 192.0.2.1, version 1.2.3.4.5, 999.1.1.1",
)
