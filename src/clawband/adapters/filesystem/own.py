"""What is guarded, from the settings."""

import sys
from pathlib import Path

import clawband
from clawband.adapters.filesystem.copies import MachineFolders
from clawband.adapters.filesystem.guarded import Guarded
from clawband.adapters.filesystem.lookup import MachineFiles
from clawband.ports.machine import Ground
from clawband.settings import FILE, Settings


def of(settings: Settings) -> MachineFiles:
    """The files of this machine as the gateways of these settings may see them."""
    folders = (settings.state.parent, settings.policies.parent)
    # An environment of its own is all ours; that of the system is everybody's.
    programs = (Path(sys.prefix),) if sys.prefix != sys.base_prefix else ()
    own = (
        settings.state,
        settings.policies,
        Path(clawband.__file__).parent,
        *programs,
        *(folder / FILE for folder in folders),
    )
    return MachineFiles({str(path): Ground.CLAWBAND for path in own}, _gateways(settings))


def folders(settings: Settings) -> MachineFolders:
    """What is looked through for copies of a secret that leaked."""
    return MachineFolders(_gateways(settings), (str(settings.state),))


def _gateways(settings: Settings) -> dict[str, Guarded]:
    return {
        each.name: Guarded(config=each.config, state=each.state, token_file=each.token_file)
        for each in settings.gateways
    }
