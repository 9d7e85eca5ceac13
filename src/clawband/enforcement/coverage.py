"""Coverage: who saw what, and what only one of them saw.

Three witnesses see a run: our hook is asked, the gateway keeps a ledger, the egress boundary sees
connections. What the model itself asked for is compared by `enforcement.witness`. Calls join by
`sha256:` and the hex SHA-256 of their id, which is all that the ledger tells.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

ENDS: Final = frozenset({"succeeded", "failed", "cancelled", "timed_out", "blocked"})
RAN: Final = frozenset({"succeeded", "failed", "timed_out"})
"""Ends of a call that began. A call that our plugin blocked ends as `blocked`."""


class By(StrEnum):
    """A witness."""

    HOOK = "hook"
    LEDGER = "ledger"
    EGRESS = "egress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One witness saw one call, or a run as a whole where `call` is empty.

    `said` is a verdict of ours (`permit`, `deny`, `hold`), a status of the ledger, or `connected`.
    """

    by: By
    agent: str
    session: str
    run: str
    call: str = ""
    outer: str = ""
    """The wrapper that a call was reached by; the ledger may know only that one."""
    tool: str = ""
    said: str
    at: datetime
    id: str = ""
    """The leaf that says so; empty for the ledger."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What the witnesses do not agree on, told by the one who saw it."""

    seen: Sighting
    missed: By
    what: str

    @property
    def key(self) -> str:
        """The same for the same difference, whenever it is found."""
        parts = (self.seen.run, self.seen.call, self.seen.by, self.missed, self.what)
        return sha256("\0".join(parts).encode()).hexdigest()[:32]

    @property
    def acted(self) -> bool:
        """Whether something went on that we should have been asked about."""
        return self.missed is By.HOOK


@dataclass(slots=True)
class _Run:
    asked: dict[str, list[Sighting]] = field(default_factory=dict)
    kept: dict[str, list[Sighting]] = field(default_factory=dict)
    connected: list[Sighting] = field(default_factory=list)

    def add(self, seen: Sighting) -> None:
        if seen.by is By.EGRESS:
            self.connected.append(seen)
            return
        book = self.asked if seen.by is By.HOOK else self.kept
        for call in {seen.call, seen.outer or seen.call}:
            book.setdefault(call, []).append(seen)


def hashed(call: str) -> str:
    """A call's id as the ledger writes it; empty stays."""
    return f"sha256:{sha256(call.encode()).hexdigest()}" if call else ""


def compare(sightings: Iterable[Sighting]) -> Iterator[Difference]:
    """The differences of each run, every call once."""
    runs: dict[str, _Run] = {}
    for each in sightings:
        runs.setdefault(each.run, _Run()).add(each)
    for run in runs.values():
        yield from _unasked(run)
        yield from _disobeyed(run)
        yield from _unkept(run)


def _unasked(run: _Run) -> Iterator[Difference]:
    """The ledger has it, and we were never asked."""
    for call, kept in run.kept.items():
        began = next((each for each in kept if each.said in RAN or not call), None)
        if began and call not in run.asked and not all(each.said == "blocked" for each in kept):
            what = "a call ran" if call else "a turn began"
            yield Difference(began, By.HOOK, f"{what}, and nobody asked about it")


def _disobeyed(run: _Run) -> Iterator[Difference]:
    """We refused it, and the ledger says that it went well."""
    for call, kept in run.kept.items():
        asked = run.asked.get(call, [])
        went = next((each for each in kept if each.said == "succeeded"), None)
        if call and went and asked and all(each.said == "deny" for each in asked):
            yield Difference(went, By.HOOK, "a call succeeded that was refused")


def _unkept(run: _Run) -> Iterator[Difference]:
    """A connection of a call that the gateway's ledger does not know. Only runs that the ledger
    follows to their end are looked at: it may drop lines, and is no proof of absence."""
    if not any(each.said in ENDS for each in run.kept.get("", ())):
        return
    told: set[str] = set()
    for each in run.connected:
        if each.call and each.call not in run.kept and each.call not in told:
            told.add(each.call)
            what = "a connection was made for a call that the gateway does not know"
            yield Difference(each, By.LEDGER, what)
