"""The files of the machine that a gateway runs on."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from clawband.openclaw.files import Reference


class Ground(StrEnum):
    """What only the gateway and its guard may touch, as `context.protected` names it."""

    CONFIG = "openclaw-config"
    """The gateway's configuration, its includes and backups."""
    STATE = "openclaw-state"
    """Its state folder: sessions, device keys, installed plugins."""
    CREDENTIALS = "credentials"
    PLUGIN = "plugin"
    """Folders of plugins: what is in them runs in the gateway's process."""
    CLAWBAND = "clawband"
    """Our own store, keys, policies and settings."""
    UNRESOLVABLE = "unresolvable"
    """Nobody can say where the path leads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """From where a gateway's tools see the machine."""

    gateway: str
    workspaces: tuple[str, ...] = ()
    """Absolute folders that a relative path may be relative to, as the gateway told them."""
    home: str = ""
    """What `~` is to the gateway; empty when it is not known."""


class FileSystem(Protocol):
    def protected(self, named: Sequence[Reference], view: View) -> frozenset[Ground]:
        """What these paths lead to, as far as it is guarded; empty when all of them are free.

        Looks at the file system as it is now, by resolved path and by identity, and blocks as long
        as that takes. Opens no file that the paths name. Never raises for what they hold: what
        cannot be looked up is `UNRESOLVABLE`.
        """
        ...
