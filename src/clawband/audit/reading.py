"""The offline verifier of an export, fed line by line; `bundle` tells what it checks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from clawband.audit.canonical import decode
from clawband.audit.chain import Chain
from clawband.audit.merkle import MAX_SIZE
from clawband.audit.note import VerifierKey
from clawband.audit.order import Order
from clawband.audit.report import Findings, Kind, Problem, Report
from clawband.model.errors import InputError

LINE_LIMIT: Final = 16 << 20
"""Longest line of an export in bytes, its newline included."""

_HEADER: Final = {"clawband", "first", "key", "origin", "size", "v"}
_ASK: Final = "ask for the whole export again"


class Reading:
    """Reads one export. Holds O(log n) hashes, the auditor's checkpoints and the findings."""

    def __init__(self, key: str | None, earlier: Sequence[str], skew: timedelta) -> None:
        self._findings = Findings()
        self._order = Order(self._findings, skew)
        self._chain = Chain(self._findings)
        self._earlier = earlier
        self._key = None if key is None else self._parse_key(key, None)
        self._pinned = key is not None
        self._line = 0
        self._size: int | None = None
        self._ended = self._sealed = False

    def feed(self, line: bytes) -> None:
        """The next line, with its newline."""
        self._line += 1
        if self._ended:
            self._problem(Kind.FORMAT, "the file goes on after its end line")
            return
        body = line.removesuffix(b"\n")
        value = self._decode(line, body)
        if self._line == 1:
            self._header(value)
        elif value is not None and "n" not in value and "end" in value:
            self._trailer(value)
        elif body.startswith(b'{"checkpoint":'):
            self._checkpoint(value)
        elif value is not None or not body.startswith(b'{"checkpoints":'):
            self._leaf(value, body)

    def finish(self) -> Report:
        """The report, after the last line."""
        self._check_end()
        self._chain.finish(self._sealed)
        return Report(
            origin=self._key.name if self._key else "",
            key=str(self._key) if self._key else "",
            pinned=self._pinned,
            size=self._chain.size,
            root=self._chain.root(),
            proven=self._chain.proven,
            checkpoints=self._chain.held,
            problems=tuple(self._findings.problems),
            unlisted=self._findings.unlisted,
            warnings=tuple(self._findings.warnings),
        )

    def _decode(self, line: bytes, body: bytes) -> dict[str, object] | None:
        if len(line) > LINE_LIMIT:
            self._problem(Kind.FORMAT, f"the line is longer than {LINE_LIMIT} bytes")
            return None
        if len(body) == len(line):
            self._problem(Kind.TRUNCATED, "the line has no newline: the file was cut here")
        try:
            return decode(body)
        except InputError as error:
            self._findings.add(Problem(Kind.FORMAT, self._line, None, error.message, error.remedy))
            return None

    def _header(self, value: dict[str, object] | None) -> None:
        stated = value or {}
        size = stated.get("size")
        if type(size) is int and 0 <= size <= MAX_SIZE:
            self._size = size
        if value is None:
            pass  # reported where it was read
        elif set(value) != _HEADER or value["clawband"] != "audit-export" or self._size is None:
            self._problem(Kind.FORMAT, "line 1 is not the header of an audit export")
        elif not _is_int(value["v"], 1) or not _is_int(value["first"], 0):
            what = "the export is not of format version 1, from leaf 0 on"
            self._problem(Kind.FORMAT, what, "verify it with the version that wrote it")
        self._settle_key(stated.get("key"), stated.get("origin"))
        for number, note in enumerate(self._earlier, 1):
            if self._key:
                self._chain.keep(number, note, self._key)
        self._chain.meet_kept()

    def _settle_key(self, stated: object, origin: object) -> None:
        text = stated if isinstance(stated, str) else ""
        if not self._pinned:
            self._key = self._parse_key(text, 1)
        elif self._key and text != str(self._key):
            what = f"the export is of another key, expected `{self._key}`"
            self._problem(Kind.KEY, what, "find out why the log's key changed before trusting it")
        if self._key and origin != self._key.name:
            what = f"the export is of another log, expected origin `{self._key.name}`"
            self._problem(Kind.KEY, what)

    def _parse_key(self, text: str, line: int | None) -> VerifierKey | None:
        try:
            return VerifierKey.parse(text)
        except InputError as error:
            self._findings.add(Problem(Kind.KEY, line, None, error.message, error.remedy))
            return None

    def _leaf(self, value: dict[str, object] | None, body: bytes) -> None:
        if value is None:
            self._order.unreadable()
        else:
            self._order.follow(value, self._line, self._chain.size)
        self._chain.append(body)

    def _checkpoint(self, value: dict[str, object] | None) -> None:
        if value is None:
            return
        note = value["checkpoint"]
        if set(value) != {"checkpoint"} or not isinstance(note, str):
            self._problem(Kind.FORMAT, "expected one signed note as the `checkpoint`")
        elif self._key:
            self._chain.meet(note, self._key, self._line)

    def _trailer(self, value: dict[str, object]) -> None:
        self._ended = True
        notes = value.get("checkpoints")
        named = set(value) == {"checkpoints", "end"} and value["end"] is True
        if not named or not isinstance(notes, list) or not notes:
            self._problem(Kind.FORMAT, "the end line does not hold the newest checkpoints")
            return
        for note in notes:
            if not isinstance(note, str):
                self._problem(Kind.FORMAT, "a checkpoint of the end line is not a text")
            elif self._key and self._chain.meet(note, self._key, self._line):
                self._sealed = True

    def _check_end(self) -> None:
        size = self._chain.size
        if self._line == 0:
            self._problem(Kind.TRUNCATED, "the file is empty")
        elif not self._ended:
            what = f"the file stops after {size} leaves, without its end line"
            self._problem(Kind.TRUNCATED, what, leaf=self._order.next)
        if self._size is not None and self._size != size:
            what = f"the header tells of {self._size} leaves, the file holds {size}"
            kind = Kind.TRUNCATED if size < self._size else Kind.EDITED
            self._problem(kind, what, leaf=self._order.next)
        # Whatever hides a checkpoint says so itself; `ok` must not depend on that staying true.
        if not self._sealed and not self._findings.problems:
            self._problem(Kind.CHECKPOINT, "no checkpoint covers the whole file")

    def _problem(self, kind: Kind, what: str, remedy: str = _ASK, leaf: int | None = None) -> None:
        self._findings.add(Problem(kind, self._line or None, leaf, what, remedy))


def _is_int(value: object, expected: int) -> bool:
    return type(value) is int and value == expected
