"""What nobody is shown: values that Clawband keeps or uses, wherever they would stand in a text."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

import msgspec

from clawband.labels.known import NOTHING
from clawband.model.event import Event


class Masking:
    """Grows with every value that is read or written, and forgets none before the next start: one
    that was removed here may open something elsewhere. Used in any thread."""

    def __init__(self) -> None:
        self.known, self._lock = NOTHING, Lock()

    def learn(self, name: str, value: bytes) -> None:
        """From here on it is masked, as `name`."""
        with self._lock:
            self.known = self.known.and_(name, value)

    def events(self, events: Sequence[Event]) -> list[Event]:
        """The same without these values, whatever part of an event they came with."""
        return [self._masked(each) if self._holds(each) else each for each in events]

    def _holds(self, event: Event) -> bool:
        return bool(self.known and self.known.names(msgspec.json.encode(event)))

    def _masked(self, event: Event) -> Event:
        masked = self.known.masked
        return replace(
            event, who=masked(event.who), resource=masked(event.resource),
            agent=masked(event.agent), session=masked(event.session), run=masked(event.run),
            call=masked(event.call), message=masked(event.message), trace=masked(event.trace),
            outcome=masked(event.outcome), detail=self.known.cleaned(event.detail),
        )  # fmt: skip
