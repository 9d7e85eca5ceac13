"""Why something on the wire is not taken: a short category for programs, a sentence for people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """A decision, not an error. `category` is a lower-case word with hyphens."""

    category: str
    reason: str

    def __str__(self) -> str:
        return f"{self.category}: {self.reason}"
