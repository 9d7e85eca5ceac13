"""Somebody beside the store who remembers the newest head of the log.

A store that was cut or replaced by an older copy cannot show it by itself. The witness can: it is
another file at least, another machine at best.
"""

from typing import Protocol


class Witness(Protocol):
    def keep(self, note: str) -> None:
        """Remember a signed checkpoint, durably, after all earlier ones."""
        ...

    def last(self) -> str | None:
        """The newest remembered checkpoint; None when there has never been one."""
        ...

    def notes(self) -> list[str]:
        """All remembered checkpoints, oldest first."""
        ...
