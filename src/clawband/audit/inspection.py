"""The offline verifier of a store: is it whole, is it what was signed, is it the newest?

A store can be right in itself and still be an older copy, a cut one, or another story under the
same key. Only what is kept beside it shows that: the witness, and checkpoints an auditor kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clawband.audit.checkpoint import read
from clawband.audit.note import VerifierKey
from clawband.audit.order import RESTORE, spell
from clawband.audit.report import Findings, Kind, Problem, Report
from clawband.audit.stored import Disagreement, Holding, Leaves, check_tiles
from clawband.model.errors import InputError

_ESCALATE: Final = "treat the store as tampered with, keep it as it is, and ask who can write to it"
_SEAL: Final = (
    "start the server once, which seals; if it was sealed before, checkpoints and witness were "
    "removed together"
)


@dataclass(frozen=True, slots=True)
class Signed:
    """A root that the key signed: in the store, kept beside it, or both."""

    size: int
    root: bytes
    own: bool
    seen: bool


def inspect(store: Holding, witnessed: Sequence[str], *, key: str, pinned: bool) -> Report:
    """Compare a store with itself and with the signed notes kept beside it.

    1. Every checkpoint of the store and every note beside it must be signed by `key`.
    2. Leaves in order, each body against its hash, its tile and its columns.
    3. Tiles against what lies below them.
    4. The root at every size that was signed. The bodies decide: they are what people read.
    5. The store must reach as far as anybody saw it.

    Raises `InputError` for a key that is none; everything else is in the report.
    """
    findings = Findings()
    verifier = VerifierKey.parse(key)
    own, seen = {note for _, note in store.checkpoints()}, set(witnessed)
    signed = _signed(own, seen, verifier, findings)
    leaves = Leaves(store, frozenset(each.size for each in signed), findings)
    for leaf in store.leaves():
        leaves.follow(leaf)
    check_tiles(store, leaves.reach, findings, lost=leaves.lost)
    for disagreement in leaves.disagreements:
        _explain(disagreement, signed, leaves, findings)
    judged = _Judgement(leaves, findings)
    for each in sorted(signed, key=lambda each: (each.size, not each.own)):
        judged.judge(each)
    judged.finish()
    return Report(
        origin=verifier.name,
        key=str(verifier),
        pinned=pinned,
        size=leaves.size,
        root=leaves.root(),
        proven=judged.proven,
        checkpoints=judged.held,
        problems=tuple(findings.problems),
        unlisted=findings.unlisted,
        warnings=tuple(findings.warnings),
    )


def _signed(own: set[str], seen: set[str], key: VerifierKey, findings: Findings) -> list[Signed]:
    found = []
    for note in sorted(own | seen):
        try:
            checkpoint = read(note, key)
            found.append(Signed(checkpoint.size, checkpoint.root, note in own, note in seen))
        except InputError as error:
            whose = "of the store" if note in own else "kept beside the store"
            what = f"a checkpoint {whose} cannot be believed: {error.message}"
            findings.add(Problem(Kind.CHECKPOINT, None, None, what, error.remedy))
    return found


def _explain(
    wrong: Disagreement, signed: Sequence[Signed], leaves: Leaves, findings: Findings
) -> None:
    """Say which copy of a leaf was edited, if the first signature after it can tell."""
    body_signed = record_signed = False
    for each in sorted(signed, key=lambda each: each.size):
        if each.size > wrong.number and each.size in leaves.roots:
            body, record = leaves.roots[each.size]
            body_signed, record_signed = each.root == body, each.root == record
            break
    copies = {"the hash beside it": wrong.beside}
    if wrong.tile:
        copies["its hash in the tile"] = wrong.tile
    if body_signed:
        odd = [name for name, hashed in copies.items() if hashed != wrong.body]
        what = f"{' and '.join(odd)} was changed; the body is what was signed"
    elif record_signed:
        right = wrong.tile or wrong.beside
        odd = [name for name, hashed in copies.items() if hashed != right]
        what = " and ".join([*(["the body"] if wrong.body != right else []), *odd])
        what = f"{what} was edited after it was signed"
    else:
        what = f"its body, {' and '.join(copies)} do not agree"
    text = f"leaf {wrong.number}: {what}"
    findings.add(Problem(Kind.EDITED, None, wrong.number, text, RESTORE))


class _Judgement:
    """Holds every signed root against the leaves, smallest first."""

    def __init__(self, leaves: Leaves, findings: Findings) -> None:
        self.proven = self.held = self._shared = 0
        self._leaves, self._findings = leaves, findings
        self._any = self._broken = False
        self._beyond: dict[bool, int] = {}

    def judge(self, signed: Signed) -> None:
        self._any = True
        if signed.size > self._leaves.size:
            self._beyond[signed.own] = max(self._beyond.get(signed.own, 0), signed.size)
            return
        roots = self._leaves.roots.get(signed.size)
        if roots is None and signed.size:
            return  # leaves before it are gone, which was said where they are missing
        if roots is None or roots[0] == signed.root:
            self.proven, self.held = signed.size, self.held + 1
            self._shared = signed.size if signed.seen else self._shared
        elif not self._broken:  # every later root contains the same difference: say it once
            self._broken = True
            self._differs(signed)

    def _differs(self, signed: Signed) -> None:
        if signed.own:
            where = spell(range(self.proven, signed.size))
            what = f"the first {signed.size} leaves are not what was signed; it is in {where}"
            self._findings.add(Problem(Kind.EDITED, None, self.proven, what, RESTORE))
            return
        where = spell(range(self._shared, signed.size))
        what = f"another history over {signed.size} leaves was signed too: it differs in {where}"
        self._findings.add(Problem(Kind.FORKED, None, self._shared, what, _ESCALATE))

    def finish(self) -> None:
        size = self._leaves.size
        if size and not self._any:
            what = "nothing is sealed: there is no checkpoint in the store and none beside it"
            self._findings.add(Problem(Kind.CHECKPOINT, None, None, what, _SEAL))
        if True in self._beyond:
            what = f"a checkpoint covers {self._beyond[True]} leaves, the store ends after {size}"
            self._findings.add(Problem(Kind.TRUNCATED, None, size, what, RESTORE))
        elif False in self._beyond:
            whole = not self._findings.problems
            what = (
                f"{self._beyond[False]} leaves were sealed, the store ends after {size}: it is an "
                "older copy, or its end was removed with its checkpoints"
            )
            kind = Kind.REPLAYED if whole else Kind.TRUNCATED
            self._findings.add(Problem(kind, None, size, what, _ESCALATE))
