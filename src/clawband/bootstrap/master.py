"""The master key of the own vault, from where the settings say it is."""

import os
from collections.abc import Mapping
from pathlib import Path

from clawband.adapters.keys import secret_file
from clawband.adapters.vaults import sources
from clawband.adapters.vaults.bao import Bao
from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.transit import TransitMaster
from clawband.model.errors import UnavailableError
from clawband.model.vaults import Master
from clawband.ports.vault import MasterKey
from clawband.settings import Settings

DEFAULT = "master.key"


def opened(
    chosen: Master, settings: Settings, servers: Mapping[str, Bao], *, make: bool
) -> MasterKey:
    """`make`: a file that is not there may be made, because nothing is sealed with it."""
    match chosen.source:
        case "environment":
            return LocalMaster(sources.variable(chosen.place[0], os.environ))
        case "command":
            return LocalMaster(sources.command(chosen.place))
        case "transit":
            name, key = chosen.place
            return TransitMaster(servers[name], name, key)
    path = _file(chosen, settings)
    if not make and not path.exists():
        raise UnavailableError(
            f"the master key `{path.name}` of the vault is not there",
            remedy="restore it from a backup; another one opens nothing",
        )
    return LocalMaster(secret_file(path))


def beside(settings: Settings) -> bool:
    """Whether the key is in the state folder: whoever copies that folder has the values."""
    chosen = settings.secrets.master
    if chosen.source != "file":
        return False
    return _file(chosen, settings).resolve().is_relative_to(settings.state.resolve())


def _file(chosen: Master, settings: Settings) -> Path:
    return Path(chosen.place[0]) if chosen.place else settings.state / "keys" / DEFAULT
