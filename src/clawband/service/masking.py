"""What nobody is shown: values that Clawband keeps or uses, wherever they would stand in a text."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from threading import Lock
from typing import Any, Final

import msgspec

from clawband.labels.known import NOTHING
from clawband.ports.unit import AddReading, KeepPayload, PutDocument, Unit

OTHERS: Final = (AddReading, KeepPayload, PutDocument)
"""Changes that are masked where they are made, or encrypted."""


class Masking:
    """Grows with every value that is read or written, and forgets none before the next start: one
    that was removed here may open something elsewhere. Used in any thread."""

    def __init__(self) -> None:
        self.known, self._lock = NOTHING, Lock()
        self._met = set[tuple[str, bytes]]()

    def learn(self, name: str, value: bytes) -> None:
        """From here on it is masked, as `name`."""
        with self._lock:
            if (name, value) not in self._met:
                self.known = self.known.and_(name, value)
                self._met.add((name, value))

    def unit(self, unit: Unit) -> Unit:
        """The same without these values, whatever part of an event or a change they came with."""
        if not self.known:
            return unit
        changes = [
            each if isinstance(each, OTHERS) else self._masked(each) for each in unit.changes
        ]
        return Unit([self._masked(each) for each in unit.events], changes)

    def _masked(self, written: Any) -> Any:
        holds = self.known.names(msgspec.json.encode(written))
        return self._cleaned(written) if holds else written

    def _cleaned(self, value: Any) -> Any:
        if is_dataclass(value) and not isinstance(value, type):
            parts = {each.name: getattr(value, each.name) for each in fields(value)}
            changed = {name: self._cleaned(part) for name, part in parts.items()}
            return replace(value, **changed)
        if isinstance(value, Mapping):
            return {self._cleaned(key): self._cleaned(each) for key, each in value.items()}
        if isinstance(value, tuple | frozenset | list):
            return type(value)(map(self._cleaned, value))
        return self.known.masked(value) if type(value) is str else value
