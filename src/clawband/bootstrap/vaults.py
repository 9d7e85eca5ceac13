"""The vaults that the settings name, and what wraps our own."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clawband.adapters.keys import secret_file
from clawband.adapters.vaults import sources
from clawband.adapters.vaults.accounts import AccountsVault
from clawband.adapters.vaults.bao import Bao
from clawband.adapters.vaults.environment import EnvironmentVault
from clawband.adapters.vaults.files import FilesVault
from clawband.adapters.vaults.master import LocalMaster, Succession
from clawband.adapters.vaults.openbao import OpenBaoVault
from clawband.adapters.vaults.own import OwnVault
from clawband.adapters.vaults.remembered import RememberedVault
from clawband.adapters.vaults.transit import TransitMaster
from clawband.model.errors import UnavailableError
from clawband.model.secret import OWN
from clawband.model.vaults import Master, VaultSettings
from clawband.ports.vault import NEWEST, MasterKey, Vault
from clawband.service.keeping import Keeping
from clawband.settings import Settings

DEFAULT = "master.key"
Servers = Mapping[str, Bao]


@dataclass(frozen=True, slots=True)
class Opened:
    own: OwnVault
    vaults: Mapping[str, Vault]
    keeping: Keeping


def opened(settings: Settings) -> Opened:
    """Raises `InvariantError` for a vault that another master key sealed; nothing is written then.

    Far vaults are not asked: the guard starts without them.
    """
    servers = {each.name: Bao(each) for each in settings.secrets.vaults if each.url}
    own = _own(settings, servers)
    named = {
        each.name: vault_of(each, own, servers.get(each.name)) for each in settings.secrets.vaults
    }
    keeping = Keeping(settings=settings.secrets, wrapping=own, beside=_beside(settings))
    return Opened(own, {OWN: _remembered(own, settings), **named}, keeping)


def kept_key(name: str, settings: Settings, own: OwnVault) -> bytes:
    """A key of our own with 32 bytes. Where the master key is not in the state folder, the own
    vault keeps it, so the folder alone opens nothing; otherwise it is a file."""
    place, path = f"key:{name}", settings.state / "keys" / f"{name}.key"
    if own.newest(place):
        # A crash may have come between writing it there and removing it here.
        key = own.read(place, NEWEST)
        path.unlink(missing_ok=True)
        return key
    key = secret_file(path)
    if not _beside(settings):
        own.read(place, own.write(place, key))
        path.unlink()
    return key


def _own(settings: Settings, servers: Servers) -> OwnVault:
    folder = settings.state / "vault"
    chosen, before = settings.secrets.master, settings.secrets.previous
    fresh = before is not None or not any(folder.glob("*/*"))
    now = _master(chosen, settings, servers, make=fresh)
    wrapping = Succession(now, _master(before, settings, servers, make=False)) if before else now
    vault = OwnVault(folder, wrapping)
    vault.reach()
    vault.tidy()
    return vault


def _master(chosen: Master, settings: Settings, servers: Servers, *, make: bool) -> MasterKey:
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


def _file(chosen: Master, settings: Settings) -> Path:
    return Path(chosen.place[0]) if chosen.place else settings.state / "keys" / DEFAULT


def _remembered(own: OwnVault, settings: Settings) -> Vault:
    """Where each value takes a question to the server that has the master key."""
    master = settings.secrets.master
    if master.source != "transit":
        return own
    (server,) = (each for each in settings.secrets.vaults if each.name == master.place[0])
    return RememberedVault(own, server.remember_seconds) if server.remember_seconds else own


def _beside(settings: Settings) -> bool:
    chosen = settings.secrets.master
    if chosen.source != "file":
        return False
    return _file(chosen, settings).resolve().is_relative_to(settings.state.resolve())


def vault_of(given: VaultSettings, own: OwnVault, server: Bao | None = None) -> Vault:
    match given.kind:
        case "environment":
            return EnvironmentVault(os.environb, given.prefix)
        case "files":
            return FilesVault(Path(given.folder))
        case "openbao-database":
            return AccountsVault(server or Bao(given), given.mount, own, given.name)
    far = OpenBaoVault(server or Bao(given), given.mount)
    return RememberedVault(far, given.remember_seconds) if given.remember_seconds else far
