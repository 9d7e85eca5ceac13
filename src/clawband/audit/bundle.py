"""The export: the whole log as a text file that anybody can check without a server.

One line each, ending in a newline, every line canonical JSON:

    {"clawband":"audit-export","first":0,"key":"<verifier key>","origin":"…","size":3,"v":1}
    <leaf 0>
    <leaf 1>
    {"checkpoint":"<signed note over the first 2 leaves>"}
    <leaf 2>
    {"checkpoints":["<signed note over all 3 leaves>"],"end":true}

A leaf line is the exact bytes that were hashed into the tree. Checkpoints stand where they fall
due, so that one pass in O(log n) memory checks each of them, damage is narrowed down to the leaves
between two, and a file that was cut is still proven up to the last one before the cut.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from clawband.audit.canonical import encode
from clawband.audit.checkpoint import read
from clawband.audit.note import VerifierKey
from clawband.audit.reading import LINE_LIMIT, Reading
from clawband.audit.report import Report
from clawband.model.errors import InputError, InvariantError

FORMAT: Final = "audit-export"
VERSION: Final = 1
_SKEW: Final = timedelta(seconds=2)


def write(key: VerifierKey, leaves: Iterable[bytes], checkpoints: Sequence[str]) -> Iterator[bytes]:
    """The lines of an export, up to the newest of `checkpoints` (signed notes, any order).

    `leaves` are the leaf bytes from 0 on; those after the newest checkpoint are not read, so a log
    that grows meanwhile may be passed. Roots are not recomputed here: that is the verifier's work.
    Raises `InputError` when a checkpoint is not one of `key` or there is none, and
    `InvariantError` in the middle when the leaves end too early or one is no line.
    """
    due: dict[int, list[str]] = defaultdict(list)
    for note in checkpoints:
        due[read(note, key).size].append(note)
    if not due:
        raise InputError(
            "the log has no checkpoint to export", remedy="sign a checkpoint, then export again"
        )
    return _lines(key, iter(leaves), due)


def _lines(key: VerifierKey, leaves: Iterator[bytes], due: dict[int, list[str]]) -> Iterator[bytes]:
    size = max(due)
    header = {"first": 0, "key": str(key), "origin": key.name, "size": size, "v": VERSION}
    yield encode({"clawband": FORMAT, **header}) + b"\n"
    for index in range(size):
        for note in due.get(index, ()):
            yield encode({"checkpoint": note}) + b"\n"
        leaf = next(leaves, None)
        if leaf is None or b"\n" in leaf or len(leaf) >= LINE_LIMIT:
            raise InvariantError(
                f"leaf {index} of {size} is absent or not one line",
                remedy="run `clawband audit verify --store` and restore from a backup",
            )
        yield leaf + b"\n"
    yield encode({"checkpoints": due[size], "end": True}) + b"\n"


def verify(
    lines: Iterable[bytes],
    *,
    key: str | None = None,
    earlier: Sequence[str] = (),
    skew: timedelta = _SKEW,
) -> Report:
    """Check an export. Whatever the bytes are, the answer is a `Report`; nothing is raised.

    0. `lines`: as read from a binary file, each with its newline (`LINE_LIMIT` bytes at most:
       read by `iter(lambda: file.readline(LINE_LIMIT + 1), b"")` to bound the memory).
    1. `key`: the verifier key the auditor trusts. Without it the file vouches for itself.
    2. Every line is canonical; every leaf has its fields and stands at its own number.
    3. The root is recomputed from the leaf bytes, and compared with every checkpoint on the way.
    4. `earlier`: signed notes the auditor kept, from this export's past or from elsewhere. An
       older export presented again, a cut one and a fork are caught by these and by nothing else:
       what whoever holds the signing key signs anew is whole in itself.
    5. The newest checkpoint covers exactly what the file holds.

    A root tells that something among its leaves was edited, not which leaf: such a problem names
    the leaves between the last checkpoint that holds and the first that does not. Later leaves
    cannot be judged by roots then. `skew` is how far time may step back without a warning.
    """
    reading = Reading(key, earlier, skew)
    for line in lines:
        reading.feed(line)
    return reading.finish()
