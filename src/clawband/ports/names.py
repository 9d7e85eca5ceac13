"""Where a name leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One answer, not checked yet. `address` is an IP address in its usual form."""

    address: str
    port: int


class Names(Protocol):
    async def find(self, host: str, port: int) -> Sequence[Endpoint]:
        """Every address of a host name. Raises `UnavailableError` when there is none, or when
        nobody answers in time."""
        ...
