"""Domains below which anybody may have a name, so that `*.` before one lets strangers in.

By our own knowledge and not complete: a host that is written out is always better than `*.`.
"""

import pkgutil
from typing import Final

_SECOND: Final = frozenset(
    {
        "ac", "asso", "co", "com", "edu", "firm", "gen", "go", "gob", "gouv", "gov", "gr", "id",
        "ind", "ltd", "me", "mil", "ne", "net", "nic", "nom", "or", "org", "plc", "pro", "res",
        "sch", "school", "web",
    }
)  # fmt: skip
"""What registries of countries put in front of their own domain."""
# Shipped beside the code and fixed like it: package data, not a file of the deployment.
_DATA = (pkgutil.get_data("clawband.policy", "suffixes.txt") or b"").decode()
_OPEN: Final = frozenset(
    name for line in _DATA.splitlines() if not line.startswith("#") for name in line.split()
)


def shared(domain: str) -> bool:
    """Whether strangers have names directly below a domain in small letters."""
    labels = domain.split(".")
    registry = len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _SECOND
    return len(labels) < 2 or registry or domain in _OPEN
