"""What every part of the service has at hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clawband.flows.hold import Holding
from clawband.flows.secret_flow import OwnUse
from clawband.model.deployment import Tool
from clawband.model.doors import DoorSettings
from clawband.model.people import Rules
from clawband.ports.clock import Clock, Entropy
from clawband.ports.credentials import GatewayCredentials
from clawband.ports.folders import Folders
from clawband.ports.gateway import GatewayControl, GatewayFiles, GatewayProbe
from clawband.ports.machine import FileSystem
from clawband.ports.notices import Courier
from clawband.ports.passwords import Passwords
from clawband.ports.rotor import Rotor
from clawband.ports.shelf import Shelf
from clawband.ports.sign import Signer
from clawband.ports.store import Store
from clawband.ports.unit import Committed, Unit
from clawband.ports.vault import Vault
from clawband.ports.witness import Witness
from clawband.service.bridge import Bridge
from clawband.service.keeping import Keeping
from clawband.service.launcher import Launcher
from clawband.service.masking import Masking
from clawband.service.tls import Tls
from clawband.service.trusted import Trusted

ENTROPY_BYTES = 96


@dataclass(frozen=True, kw_only=True)
class Running:
    """The ports, by name. Made once, by `bootstrap`."""

    store: Store
    shelf: Shelf
    signer: Signer
    witness: Witness
    clock: Clock
    randomness: Entropy
    passwords: Passwords
    catalogue: Mapping[str, Tool]
    controls: Mapping[str, GatewayControl]
    """Live control of a gateway by its name; absent where none was configured."""
    holding: Holding
    files: Mapping[str, GatewayFiles] = field(default_factory=dict)
    """The workspace files of a gateway's agents by its name; absent like `controls`."""
    probes: Mapping[str, GatewayProbe] = field(default_factory=dict)
    """The call path and the record of a gateway by its name; absent like `controls`."""
    canary: timedelta = timedelta(seconds=120)
    """How often each agent is proved to be guarded."""
    doors: tuple[DoorSettings, ...] = ()
    """Through which people reach gateways."""
    boundary: bytes = b""
    """32 bytes from which the gateways' passwords at the boundaries are derived; made anew at
    every start where there are none."""
    vaults: Mapping[str, Vault] = field(default_factory=dict)
    """Where values of secrets are, by the vault's name."""
    keeping: Keeping = field(default_factory=Keeping)
    """What is known of the vaults besides."""
    rotors: Mapping[str, Rotor] = field(default_factory=dict)
    """Where credentials are issued, by the driver's name."""
    credentials: Mapping[str, GatewayCredentials] = field(default_factory=dict)
    """What stands in the files of a gateway by its name; absent where none is named."""
    own_uses: tuple[OwnUse, ...] = ()
    """The credentials that Clawband uses itself."""
    prints: bytes = b""
    """32 bytes that key the prints of values."""
    egress_port: int = 0
    models_port: int = 0
    """Of the boundaries on 127.0.0.1; 0 where there is none."""
    launcher: Launcher | None = None
    """How commands are started; without it they are refused."""
    folders: Folders | None = None
    """Those of this machine, for the copies of what leaked; None where none is looked through."""
    filesystem: FileSystem | None = None
    """That of the gateways' machine; None where no gateway is asked about."""
    courier: Courier | None = None
    """Takes notices to people; None where none are sent."""
    people: Rules = field(default_factory=Rules)
    """Where people come in, and what they must show."""
    tls: Tls | None = None
    """Which certificates are shown, and who signs them; None where none is asked for."""
    trusted: Trusted = field(default_factory=Trusted)
    """Whose word about people and programs counts here."""
    bridge: Bridge = field(default_factory=Bridge)
    masking: Masking = field(default_factory=Masking)

    def now(self) -> datetime:
        return self.clock.now()

    def entropy(self) -> bytes:
        """Enough for everything one flow makes."""
        return self.randomness.bytes(ENTROPY_BYTES)

    async def commit(self, unit: Unit) -> Committed:
        """Durable when this returns, without the values that nobody is shown; raises what
        `Journal.commit` says."""
        return await self.bridge.wait(self.store.commit(self.masking.unit(unit)))
