"""Refusals in a flood: the first of each caller are recorded one by one, the others are counted."""

from collections.abc import Callable
from dataclasses import dataclass

from clawband.edges.egress.limits import Limits


@dataclass(slots=True)
class _Window:
    until: float
    refused: int = 0
    unrecorded: int = 0


class Refusals:
    """Per caller. Time comes in; used in one thread."""

    def __init__(self, limits: Limits, tell: Callable[[str, int], None]) -> None:
        """`tell`: called with a caller and how many of its refusals were not recorded."""
        self._limits, self._tell = limits, tell
        self._windows: dict[str, _Window] = {}

    def flooding(self, caller: str, now: float) -> bool:
        """Whether the caller's next refusal is only counted."""
        return self._window(caller, now).refused >= self._limits.refusals

    def add(self, caller: str, now: float) -> bool:
        """A refusal; whether it is to be recorded."""
        window = self._window(caller, now)
        window.refused += 1
        recorded = window.refused <= self._limits.refusals
        window.unrecorded += not recorded
        return recorded

    def sweep(self, now: float) -> None:
        """Tell what was counted in windows that are over."""
        for caller, window in list(self._windows.items()):
            if now >= window.until:
                self._end(caller)

    def _window(self, caller: str, now: float) -> _Window:
        window = self._windows.get(caller)
        if window and now >= window.until:
            self._end(caller)
            window = None
        if not window:
            window = self._windows[caller] = _Window(now + self._limits.window)
        return window

    def _end(self, caller: str) -> None:
        window = self._windows.pop(caller)
        if window.unrecorded:
            self._tell(caller, window.unrecorded)
