"""Whether leaves stand in their order, each once: what the root cannot tell, the leaves can.

Every leaf carries its own number `n`, so a leaf that was dropped, moved, repeated or slipped in is
found at its exact place. Whoever renumbers leaves to hide that changes their bytes, and the root.
"""

from datetime import datetime, timedelta
from typing import Final

from clawband.audit.merkle import MAX_SIZE
from clawband.audit.report import Findings, Kind, Problem

_GAPS: Final = 1000
RESTORE: Final = "take the record from another copy: the store, a backup, an earlier export"


class Order:
    """Follows the leaves of a file, in O(1) memory, and reports to `findings`."""

    def __init__(self, findings: Findings, skew: timedelta) -> None:
        self.next = 0
        """The number after the last leaf that stood in its order."""
        self._findings = findings
        self._skew = skew
        self._at = ""
        self._unread = 0
        self._gaps: list[range] = []

    def unreadable(self) -> None:
        """A leaf could not be read: its place is taken, its number is unknown."""
        self._unread += 1

    def follow(self, leaf: dict[str, object], line: int, place: int) -> None:
        """Check one leaf's own fields, its number and its time; `place` counts leaves from 0."""
        number = leaf.get("n")
        wrong = _wrong_field(leaf)
        if type(number) is not int or not 0 <= number < MAX_SIZE:
            self.unreadable()
            wrong = "`n`, expected its number in the log"
        else:
            self._check_number(number, line)
            place = number
        if wrong:
            what = f"the leaf has a wrong {wrong}"
            self._findings.add(Problem(Kind.FORMAT, line, place, what, RESTORE))
        else:
            self._check_time(str(leaf["at"]), line, place)

    def _check_number(self, number: int, line: int) -> None:
        due = self.next + self._unread  # the latest number that leaves no gap
        if number >= self.next:
            if number > due:
                gap = range(due, number)
                self._gaps = [*self._gaps[1 - _GAPS :], gap]
                what = f"{spell(gap)} should stand before leaf {number}"
                self._findings.add(Problem(Kind.MISSING, line, due, what, RESTORE))
            self.next, self._unread = number + 1, 0
        elif any(number in gap for gap in self._gaps):
            what = f"leaf {number} stands after leaf {self.next - 1}: the order was changed"
            self._findings.add(Problem(Kind.MOVED, line, number, what, RESTORE))
        else:
            what = f"leaf {number} stands here again, after leaf {self.next - 1}"
            self._findings.add(Problem(Kind.REPEATED, line, number, what, RESTORE))

    def _check_time(self, at: str, line: int, place: int) -> None:
        if at < self._at:  # stamps have one length, so text order is time order
            back = datetime.fromisoformat(self._at) - datetime.fromisoformat(at)
            if back > self._skew:
                what = f"the leaf is {back.total_seconds():g} s earlier than the one before it"
                remedy = "look for a clock step at that time in the record"
                self._findings.warn(Problem(Kind.TIME, line, place, what, remedy))
        self._at = at


def spell(leaves: range) -> str:
    """`leaf 4`, or `leaves 4 to 7`."""
    first, last = leaves.start, leaves.stop - 1
    return f"leaf {first}" if first == last else f"leaves {first} to {last}"


def _wrong_field(leaf: dict[str, object]) -> str:
    version, at = leaf.get("v"), leaf.get("at")
    if type(version) is not int or version < 1:
        return "`v`, expected a version number"
    for name in ("id", "tag"):
        value = leaf.get(name)
        if not isinstance(value, str) or not value:
            return f"`{name}`, expected a text"
    if not isinstance(at, str) or not _is_stamp(at):
        return "`at`, expected `YYYY-MM-DDThh:mm:ss.ffffffZ`"
    return ""


def _is_stamp(text: str) -> bool:
    """RFC 3339 in UTC with microseconds, always 27 characters, in the one spelling we write."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return False
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z" == text
