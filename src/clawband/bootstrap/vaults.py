"""The vaults that the settings name, and what wraps our own."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clawband.adapters.keys import secret_file
from clawband.adapters.vaults.accounts import AccountsVault
from clawband.adapters.vaults.bao import Bao
from clawband.adapters.vaults.environment import EnvironmentVault
from clawband.adapters.vaults.files import FilesVault
from clawband.adapters.vaults.master import Succession
from clawband.adapters.vaults.openbao import OpenBaoVault
from clawband.adapters.vaults.own import OwnVault
from clawband.adapters.vaults.remembered import RememberedVault
from clawband.bootstrap import master
from clawband.model.secret import OWN
from clawband.model.vaults import VaultSettings
from clawband.ports.vault import NEWEST, Vault
from clawband.service.keeping import Keeping
from clawband.settings import Settings


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
    keeping = Keeping(settings=settings.secrets, wrapping=own, beside=master.beside(settings))
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
    if not master.beside(settings):
        own.read(place, own.write(place, key))
        path.unlink()
    return key


def _own(settings: Settings, servers: Mapping[str, Bao]) -> OwnVault:
    folder = settings.state / "vault"
    chosen, before = settings.secrets.master, settings.secrets.previous
    fresh = before is not None or not any(folder.glob("*/*"))
    now = master.opened(chosen, settings, servers, make=fresh)
    wrapping = (
        Succession(now, master.opened(before, settings, servers, make=False)) if before else now
    )
    vault = OwnVault(folder, wrapping)
    vault.reach()
    vault.tidy()
    return vault


def _remembered(own: OwnVault, settings: Settings) -> Vault:
    """Where each value takes a question to the server that has the master key."""
    chosen = settings.secrets.master
    if chosen.source != "transit":
        return own
    (server,) = (each for each in settings.secrets.vaults if each.name == chosen.place[0])
    return RememberedVault(own, server.remember_seconds) if server.remember_seconds else own


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
