"""Label: who a piece of data came from, who may see it, and where exactly it came from.

Integrity falls and confidentiality rises as data is joined; `labels.lattice` holds the laws. The
numbers are the wire form that policy compares (`context.integrity >= 2`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Integrity(IntEnum):
    """Who it came from. Higher may command; lower is only data."""

    OUTSIDE = 0
    """Anybody: the web, a stranger's message, a tool that returns what others wrote."""
    SYSTEM = 1
    """A system the deployment configured and owns."""
    PERSON = 2
    """A person with authority over the run."""


class Confidentiality(IntEnum):
    """Who may see it. Higher may be seen by fewer."""

    PUBLIC = 0
    INTERNAL = 1
    CONFIDENTIAL = 2
    RESTRICTED = 3


CLASSES: Final[Mapping[str, Confidentiality]] = {
    "secret": Confidentiality.RESTRICTED,
    "personal": Confidentiality.CONFIDENTIAL,
    "business": Confidentiality.INTERNAL,
}
"""Who may see data of a class, where a deployment says nothing else."""


@dataclass(frozen=True, slots=True)
class Label:
    """What is known of a value. `sources` are short origin names such as `telegram:4242`."""

    integrity: Integrity
    confidentiality: Confidentiality
    sources: frozenset[str] = frozenset()
