"""The adapters that keep each port's promises: one line enrols one."""

from collections.abc import Callable
from pathlib import Path

from clawband.adapters.argon2 import Argon2
from clawband.adapters.files import FileShelf, FileWitness
from clawband.adapters.keys import FileSigner
from clawband.adapters.machine import MachineClock, MachineEntropy
from clawband.adapters.stores.sqlite import open_store
from clawband.ports.clock import Clock, Entropy
from clawband.ports.passwords import Passwords
from clawband.ports.shelf import Shelf
from clawband.ports.sign import Signer
from clawband.ports.store import Store
from clawband.ports.witness import Witness
from tests.simulators.clocks import CountedEntropy, FixedClock
from tests.simulators.keepers import MemoryShelf, MemorySigner, MemoryWitness, QuickPasswords

KEY = b"k" * 32

# Opening the same folder again is a restart.
STORES: dict[str, Callable[[Path], Store]] = {
    "sqlite": lambda folder: open_store(folder / "clawband.db", KEY),
}
SHELVES: dict[str, Callable[[Path], Shelf]] = {
    "files": lambda folder: FileShelf(folder / "policies"),
    "memory": lambda _: MemoryShelf(),
}
WITNESSES: dict[str, Callable[[Path], Witness]] = {
    "file": lambda folder: FileWitness(folder / "witness"),
    "memory": lambda _: MemoryWitness(),
}
SIGNERS: dict[str, Callable[[Path], Signer]] = {
    "file": lambda folder: FileSigner("clawband.example/log", folder / "log.key"),
    "memory": lambda _: MemorySigner(),
}
CLOCKS: dict[str, Callable[[], Clock]] = {"machine": MachineClock, "fixed": FixedClock}
ENTROPIES: dict[str, Callable[[], Entropy]] = {
    "machine": MachineEntropy,
    "counted": CountedEntropy,
}
PASSWORDS: dict[str, Callable[[], Passwords]] = {"argon2": Argon2, "quick": QuickPasswords}
