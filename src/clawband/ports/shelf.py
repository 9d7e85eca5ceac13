"""Where published policy sets are kept, each under its digest."""

from collections.abc import Mapping
from typing import Protocol


class Shelf(Protocol):
    def keep(self, digest: str, files: Mapping[str, str]) -> None:
        """Keep a set durably; keeping the same one again changes nothing."""
        ...

    def files(self, digest: str) -> Mapping[str, str]:
        """The texts of a kept set by file name. Raises `InvariantError` when it is not there or
        cannot be read; the caller checks the digest."""
        ...
