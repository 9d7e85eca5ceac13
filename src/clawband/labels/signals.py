"""Signal: something a detector noticed in a text. It is told to people, and permits nothing."""

from dataclasses import dataclass

LONGEST_SAMPLE = 80


@dataclass(frozen=True, slots=True)
class Signal:
    """`kind` as in `invisible-characters`; `sample` is visible, at most 80 characters."""

    kind: str
    count: int
    sample: str


class Tally:
    """Signals in the making: how often each kind was noticed, with the first sample."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._samples: dict[str, str] = {}

    def add(self, kind: str, sample: str, count: int = 1) -> None:
        """Take down that `kind` was noticed."""
        self._counts[kind] = self._counts.get(kind, 0) + count
        if kind not in self._samples:
            self._samples[kind] = visible(sample)

    def signals(self) -> tuple[Signal, ...]:
        """In the order in which the kinds were first noticed."""
        return tuple(Signal(kind, n, self._samples[kind]) for kind, n in self._counts.items())


def visible(text: str, limit: int = LONGEST_SAMPLE) -> str:
    """One line of printable characters; others by their code point, the rest as `…`."""
    shown = "".join(
        each if each.isprintable() else " " if each.isspace() else f"⟨U+{ord(each):04X}⟩"
        for each in text[: limit + 1]
    )
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
