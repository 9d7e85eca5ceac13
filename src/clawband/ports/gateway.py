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
