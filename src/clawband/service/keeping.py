"""What is known of the vaults besides how they are asked."""

from dataclasses import dataclass, field

from clawband.model.vaults import SecretsSettings
from clawband.ports.vault import Wrapping


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """Made once, by `bootstrap`."""

    settings: SecretsSettings = field(default_factory=SecretsSettings)
    wrapping: Wrapping | None = None
    """The own vault's; None where there is none."""
    beside: bool = False
    """The master key is a file below the state folder: a copy of that folder opens the vault."""
