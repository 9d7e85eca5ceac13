"""People, and what is kept about them."""

from typing import Protocol

from clawband.ports.store import Documents, People


class Registry(People, Documents, Protocol):
    """What a sign-in reads. Every store is one."""
