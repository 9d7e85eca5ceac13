"""What a verifier found: where, what is wrong there, and what to do about it."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """Why an export or a proof is not to be believed."""

    FORMAT = "format"
    """A line is not written as the format says."""
    KEY = "key"
    """The key is malformed, or not the one the auditor trusts."""
    CHECKPOINT = "checkpoint"
    """A checkpoint is malformed, not signed by the key, or stands in the wrong place."""
    EDITED = "edited"
    """The content is not what was signed."""
    MISSING = "missing"
    """Leaf numbers are absent."""
    MOVED = "moved"
    """A leaf stands in another place than its number."""
    REPEATED = "repeated"
    """A leaf number stands in two places."""
    TRUNCATED = "truncated"
    """The end is absent."""
    REPLAYED = "replayed"
    """Whole and signed, but older than a checkpoint the auditor holds."""
    FORKED = "forked"
    """Whole and signed, but the same key signed another history for the auditor."""
    TIME = "time"
    """A leaf is earlier than the one before it. A warning: clocks do step back."""


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` counts from 1 and `leaf` from 0; None where the problem is not at one of them."""

    kind: Kind
    line: int | None
    leaf: int | None
    what: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The verifier's answer. `ok` is its verdict; everything else says how far to trust it."""

    origin: str
    """The log's name; empty when no usable key was found."""
    key: str
    """The verifier key that the signatures were checked with, or empty."""
    pinned: bool
    """Whether the auditor named that key. If not, the file vouches for itself."""
    size: int
    """Leaves read; in a proof, leaves in the tree."""
    root: bytes
    """Root over the leaves read; in a proof, the signed root."""
    proven: int
    """The first `proven` leaves have a root that the key signed."""
    checkpoints: int
    """Checkpoints whose signature and root hold, the auditor's own included."""
    problems: tuple[Problem, ...] = ()
    unlisted: int = 0
    """Problems beyond those listed."""
    warnings: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """True when nothing is wrong: every leaf is covered by a signature, and nothing differs."""
        return not self.problems


@dataclass(slots=True)
class Findings:
    """Gathers problems while a file is read; keeps the first `limit` and counts the rest."""

    limit: int = 100
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    unlisted: int = 0

    def add(self, problem: Problem) -> None:
        """Something is wrong: the report is not `ok`."""
        if len(self.problems) < self.limit:
            self.problems.append(problem)
        else:
            self.unlisted += 1

    def warn(self, problem: Problem) -> None:
        """Something is odd, and the record is whole."""
        if len(self.warnings) < self.limit:
            self.warnings.append(problem)
