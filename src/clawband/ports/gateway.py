"""What we may ask of a guarded gateway over its own operator protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Aborted:
    """What a stop achieved: sessions whose running turn was ended, and what failed, in words."""

    sessions: tuple[str, ...]
    failed: tuple[str, ...] = ()


class GatewayControl(Protocol):
    """Live control of one gateway. Every method may take seconds; none is on the decision path."""

    def abort(self, sessions: Sequence[str]) -> Aborted:
        """End the running turns of these sessions. Never raises: failures are in the result."""
        ...

    def switch_skill(self, name: str, enabled: bool) -> str:
        """Switch a skill on or off at the gateway. What failed, in words; empty when it worked."""
        ...


class GatewayFiles(Protocol):
    """The workspace files of a gateway's agents. Every method may take seconds.

    Paths are relative to the agent's workspace. Raises `InputError` for any other path and
    `UnavailableError` for what cannot be reached; then nothing was changed.
    """

    def read(self, agent: str, path: str) -> str | None:
        """The text of a file; None when there is none."""
        ...

    def write(self, agent: str, path: str, content: str, *, was: str | None) -> None:
        """Replace a file that still is `was`, or create one where none was.

        Raises `ConflictError` when it is another one by now.
        """
        ...

    def remove(self, agent: str, path: str, *, was: str) -> bool:
        """Remove a file that still is `was`; False when it could only be emptied."""
        ...
