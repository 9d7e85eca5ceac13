"""The offline verifier of an export, fed line by line; `bundle` tells what it checks."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from clawband.audit.canonical import decode
from clawband.audit.checkpoint import Checkpoint, read
from clawband.audit.merkle import MAX_SIZE, Frontier, leaf_hash
from clawband.audit.note import VerifierKey
from clawband.audit.order import Order, spell
from clawband.audit.report import Findings, Kind, Problem, Report
from clawband.model.errors import InputError

LINE_LIMIT: Final = 16 << 20
"""Longest line of an export in bytes, its newline included."""

_HEADER: Final = {"clawband", "first", "key", "origin", "size", "v"}
_BATCH: Final = 512
_RESTORE: Final = "take the record from another copy: the store, a backup, an earlier export"
_ASK: Final = "ask for the whole export again"
_ESCALATE: Final = "treat the log as tampered with, keep both copies, and ask who holds its key"


class Reading:
    """Reads one export. Holds O(log n) hashes, the auditor's checkpoints and the findings."""

    def __init__(self, key: str | None, earlier: Sequence[str], skew: timedelta) -> None:
        self._findings = Findings()
        self._order = Order(self._findings, skew)
        self._earlier = earlier
        self._kept: dict[int, list[bytes]] = defaultdict(list)
        self._contradicted: list[tuple[int, int]] = []  # size, and what was proven before it
        self._key = None if key is None else self._parse_key(key, None)
        self._pinned = key is not None
        self._line = self._count = self._proven = self._held = 0
        self._size: int | None = None
        self._frontier = Frontier()
        self._hashes: list[bytes] = []
        self._broken = self._ended = self._sealed = False

    def feed(self, line: bytes) -> None:
        """The next line, with its newline."""
        self._line += 1
        if self._ended:
            self._problem(Kind.FORMAT, "the file goes on after its end line", _ASK)
            return
        body = line.removesuffix(b"\n")
        value = self._decode(line, body)
        if self._line == 1:
            self._header(value)
        elif value is not None and "n" not in value and "end" in value:
            self._trailer(value)
        elif body.startswith(b'{"checkpoint":'):
            self._inline(value)
        elif value is not None or not body.startswith(b'{"checkpoints":'):
            self._leaf(value, body)

    def finish(self) -> Report:
        """The report, after the last line."""
        root = self._root()
        self._check_end()
        self._check_kept()
        return Report(
            origin=self._key.name if self._key else "",
            key=str(self._key) if self._key else "",
            pinned=self._pinned,
            size=self._count,
            root=root,
            proven=self._proven,
            checkpoints=self._held,
            problems=tuple(self._findings.problems),
            unlisted=self._findings.unlisted,
            warnings=tuple(self._findings.warnings),
        )

    def _decode(self, line: bytes, body: bytes) -> dict[str, object] | None:
        if len(line) > LINE_LIMIT:
            self._problem(Kind.FORMAT, f"the line is longer than {LINE_LIMIT} bytes", _ASK)
            return None
        if len(body) == len(line):
            self._problem(Kind.TRUNCATED, "the line has no newline: the file was cut here", _ASK)
        try:
            return decode(body)
        except InputError as error:
            self._problem(Kind.FORMAT, error.message, error.remedy)
            return None

    def _header(self, value: dict[str, object] | None) -> None:
        stated = {} if value is None else value
        size = stated.get("size")
        if type(size) is int and 0 <= size <= MAX_SIZE:
            self._size = size
        if value is None:
            pass  # reported where it was read
        elif set(value) != _HEADER or value["clawband"] != "audit-export" or self._size is None:
            self._problem(Kind.FORMAT, "line 1 is not the header of an audit export", _ASK)
        elif not _is_int(value["v"], 1) or not _is_int(value["first"], 0):
            what = "the export is not of format version 1, from leaf 0 on"
            self._problem(Kind.FORMAT, what, "verify it with the version that wrote it")
        self._settle_key(stated.get("key"), stated.get("origin"))
        for number, note in enumerate(self._earlier, 1):
            self._keep(number, note)
        self._compare_kept()

    def _settle_key(self, stated: object, origin: object) -> None:
        text = stated if isinstance(stated, str) else ""
        if not self._pinned:
            self._key = self._parse_key(text, 1)
        elif self._key and text != str(self._key):
            what = f"the export is of another key, expected `{self._key}`"
            self._problem(Kind.KEY, what, "find out why the log's key changed before trusting it")
        if self._key and origin != self._key.name:
            what = f"the export is of another log, expected origin `{self._key.name}`"
            self._problem(Kind.KEY, what, _ASK)

    def _parse_key(self, text: str, line: int | None) -> VerifierKey | None:
        try:
            return VerifierKey.parse(text)
        except InputError as error:
            self._findings.add(Problem(Kind.KEY, line, None, error.message, error.remedy))
            return None

    def _keep(self, number: int, note: str) -> None:
        if self._key is None:
            return
        try:
            checkpoint = read(note, self._key)
        except InputError as error:
            what = f"earlier checkpoint {number} cannot be used: {error.message}"
            self._findings.add(Problem(Kind.CHECKPOINT, None, None, what, error.remedy))
            return
        self._kept[checkpoint.size].append(checkpoint.root)

    def _leaf(self, value: dict[str, object] | None, body: bytes) -> None:
        if value is None:
            self._order.unreadable()
        else:
            self._order.follow(value, self._line, self._count)
        self._hashes.append(leaf_hash(body))
        self._count += 1
        if len(self._hashes) >= _BATCH:
            self._root()
        if self._count in self._kept:
            self._compare_kept()

    def _compare_kept(self) -> None:
        for root in self._kept.pop(self._count, ()):
            if root == self._root():
                self._held += 1
                self._proven = self._count
            else:
                self._contradicted.append((self._count, self._proven))

    def _inline(self, value: dict[str, object] | None) -> None:
        if value is None:
            return
        note = value["checkpoint"]
        if set(value) != {"checkpoint"} or not isinstance(note, str):
            self._problem(Kind.FORMAT, "expected one signed note as the `checkpoint`", _ASK)
        else:
            self._compare(note)

    def _trailer(self, value: dict[str, object]) -> None:
        self._ended = True
        notes = value.get("checkpoints")
        named = set(value) == {"checkpoints", "end"} and value["end"] is True
        if not named or not isinstance(notes, list) or not notes:
            self._problem(Kind.FORMAT, "the end line does not hold the newest checkpoints", _ASK)
            return
        for note in notes:
            if isinstance(note, str):
                self._sealed = self._compare(note) or self._sealed
            else:
                self._problem(Kind.FORMAT, "a checkpoint of the end line is not a text", _ASK)

    def _compare(self, note: str) -> bool:
        """Whether a checkpoint of the file holds for exactly the leaves before it."""
        if self._key is None:
            return False
        try:
            checkpoint = read(note, self._key)
        except InputError as error:
            self._problem(Kind.CHECKPOINT, error.message, error.remedy)
            return False
        if checkpoint.size == self._count and checkpoint.root == self._root():
            self._held += 1
            self._proven = self._count
            return True
        if not self._broken:  # every later root contains the same damage: say it once
            self._broken = True
            self._problem(*self._mismatch(checkpoint), leaf=self._proven)
        return False

    def _mismatch(self, checkpoint: Checkpoint) -> tuple[Kind, str, str]:
        until = max(checkpoint.size, self._count)
        where = (
            f"the fault is in {spell(range(self._proven, until))}"
            if until > self._proven
            else "a checkpoint before it holds for the same leaves"
        )
        if checkpoint.size != self._count:
            what = f"a checkpoint over {checkpoint.size} leaves stands after {self._count}; {where}"
            return Kind.CHECKPOINT, what, _RESTORE
        what = (
            f"the first {self._count} leaves do not have the root that was signed; "
            f"{where}, and a root cannot tell which leaf"
        )
        return Kind.EDITED, what, _RESTORE

    def _check_end(self) -> None:
        count = self._count
        if self._line == 0:
            self._findings.add(Problem(Kind.TRUNCATED, None, None, "the file is empty", _ASK))
        elif not self._ended:
            what = f"the file stops after {count} leaves without its end line"
            self._problem(Kind.TRUNCATED, what, _ASK, leaf=self._order.next)
        if self._size is not None and self._size != count:
            what = f"the header tells of {self._size} leaves, the file holds {count}"
            kind = Kind.TRUNCATED if count < self._size else Kind.EDITED
            self._problem(kind, what, _ASK, leaf=self._order.next)
        if not self._sealed and not self._findings.problems:
            self._problem(Kind.CHECKPOINT, "no checkpoint covers the whole file", _ASK)

    def _check_kept(self) -> None:
        whole = self._sealed and not self._findings.problems
        for size, proven in self._contradicted:
            what = (
                f"your checkpoint over {size} leaves has another root; "
                f"the difference is in {spell(range(proven, size))}"
                if size > proven
                else f"your checkpoints over {size} leaves contradict each other"
            )
            if whole:
                what = f"the same key signed two histories: {what}"
            kind = Kind.FORKED if whole else Kind.EDITED
            self._findings.add(Problem(kind, None, proven, what, _ESCALATE))
        for size in sorted(self._kept):
            what = (
                f"your checkpoint covers {size} leaves, this export ends after {self._count}: "
                "it is an older one, or its end was removed and signed anew"
            )
            kind = Kind.REPLAYED if whole else Kind.TRUNCATED
            self._findings.add(Problem(kind, None, self._count, what, _ESCALATE))

    def _root(self) -> bytes:
        self._frontier = self._frontier.extend(self._hashes)
        self._hashes.clear()
        return self._frontier.root()

    def _problem(self, kind: Kind, what: str, remedy: str, leaf: int | None = None) -> None:
        self._findings.add(Problem(kind, self._line, leaf, what, remedy))


def _is_int(value: object, expected: int) -> bool:
    return type(value) is int and value == expected
