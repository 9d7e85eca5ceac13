"""The tree over the leaves of an export, held against every checkpoint on the way."""

from collections import defaultdict
from typing import Final

from clawband.audit.checkpoint import Checkpoint, read
from clawband.audit.merkle import Frontier, leaf_hash
from clawband.audit.note import VerifierKey
from clawband.audit.order import RESTORE, spell
from clawband.audit.report import Findings, Kind, Problem
from clawband.model.errors import InputError

_BATCH: Final = 512
_ESCALATE: Final = "treat the log as tampered with, keep both copies, and ask who holds its key"


class Chain:
    """Recomputes the root, in O(log n) memory, and narrows damage down between checkpoints.

    Own checkpoints come from the file and must hold where they stand. Kept ones are the auditor's:
    they decide whether a file that is whole in itself is the history they were shown before.
    """

    def __init__(self, findings: Findings) -> None:
        self.size = 0
        """Leaves so far."""
        self.proven = 0
        """The longest prefix whose root was signed."""
        self.held = 0
        """Checkpoints that hold."""
        self._findings = findings
        self._frontier = Frontier()
        self._hashes: list[bytes] = []
        self._kept: dict[int, list[bytes]] = defaultdict(list)
        self._contradicted: list[tuple[int, int]] = []  # size, and what was proven before it
        self._broken = False

    def root(self) -> bytes:
        """Root over the leaves so far."""
        self._frontier = self._frontier.extend(self._hashes)
        self._hashes.clear()
        return self._frontier.root()

    def append(self, leaf: bytes) -> None:
        """One more leaf, by its exact bytes."""
        self._hashes.append(leaf_hash(leaf))
        self.size += 1
        if len(self._hashes) >= _BATCH:
            self.root()
        self.meet_kept()

    def keep(self, number: int, note: str, key: VerifierKey) -> None:
        """The auditor's checkpoint, to be met at its size; `number` names it in a problem."""
        try:
            checkpoint = read(note, key)
        except InputError as error:
            what = f"earlier checkpoint {number} cannot be used: {error.message}"
            self._findings.add(Problem(Kind.CHECKPOINT, None, None, what, error.remedy))
            return
        self._kept[checkpoint.size].append(checkpoint.root)

    def meet_kept(self) -> None:
        """Compare the auditor's checkpoints of this size."""
        for root in self._kept.pop(self.size, ()):
            if root == self.root():
                self._hold()
            else:
                self._contradicted.append((self.size, self.proven))

    def meet(self, note: str, key: VerifierKey, line: int) -> bool:
        """Whether a checkpoint of the file holds for exactly the leaves before it."""
        try:
            checkpoint = read(note, key)
        except InputError as error:
            self._findings.add(Problem(Kind.CHECKPOINT, line, None, error.message, error.remedy))
            return False
        if checkpoint.size == self.size and checkpoint.root == self.root():
            self._hold()
            return True
        if not self._broken:  # every later root contains the same damage: say it once
            self._broken = True
            kind, what = self._mismatch(checkpoint)
            self._findings.add(Problem(kind, line, self.proven, what, RESTORE))
        return False

    def finish(self, sealed: bool) -> None:
        """Judge the auditor's checkpoints; `sealed` says that the file's own newest one holds."""
        whole = sealed and not self._findings.problems
        for size, proven in self._contradicted:
            what = (
                f"your checkpoint over {size} leaves has another root; "
                f"the difference is in {spell(range(proven, size))}"
                if size > proven
                else f"your checkpoint over {size} leaves contradicts another one that holds"
            )
            if whole:
                what = f"the same key signed two histories: {what}"
            kind = Kind.FORKED if whole else Kind.EDITED
            self._findings.add(Problem(kind, None, proven, what, _ESCALATE))
        for size in sorted(self._kept):
            what = (
                f"your checkpoint covers {size} leaves, this export ends after {self.size}: "
                "it is an older one, or its end was removed and signed anew"
            )
            kind = Kind.REPLAYED if whole else Kind.TRUNCATED
            self._findings.add(Problem(kind, None, self.size, what, _ESCALATE))

    def _hold(self) -> None:
        self.held += 1
        self.proven = self.size

    def _mismatch(self, checkpoint: Checkpoint) -> tuple[Kind, str]:
        until = max(checkpoint.size, self.size)
        where = (
            f"the fault is in {spell(range(self.proven, until))}"
            if until > self.proven
            else "another one holds for the same leaves"
        )
        if checkpoint.size != self.size:
            what = f"a checkpoint over {checkpoint.size} leaves stands after {self.size}; {where}"
            return Kind.CHECKPOINT, what
        what = (
            f"the first {self.size} leaves do not have the root that was signed; "
            f"{where}, and a root cannot tell which leaf"
        )
        return Kind.EDITED, what
