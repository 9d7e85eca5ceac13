"""The lattice: integrity falls, confidentiality rises, sources add up.

`join` is the label of data made from two pieces of data; `flows_to` says whether data may go
where `clearance` is the most that may be seen. The laws (commutative, associative, idempotent,
monotone) are proved as properties.
"""

from collections.abc import Iterable
from functools import reduce

from clawband.model.label import Confidentiality, Integrity, Label

NOTHING_READ = Label(Integrity.PERSON, Confidentiality.PUBLIC)
"""The label of a session that has read nothing: the identity of `join`."""

UNKNOWN = Label(Integrity.OUTSIDE, Confidentiality.INTERNAL, frozenset({"unknown"}))
"""The label of data whose origin nobody can tell."""

MAX_SOURCES = 64
"""A session that read more says so with one more source, `and others`."""


def join(a: Label, b: Label) -> Label:
    """The label of anything derived from both."""
    return Label(
        min(a.integrity, b.integrity),
        max(a.confidentiality, b.confidentiality),
        _bounded(a.sources | b.sources),
    )


def join_all(labels: Iterable[Label]) -> Label:
    """The join of all; `NOTHING_READ` for none."""
    return reduce(join, labels, NOTHING_READ)


def flows_to(label: Label, clearance: Confidentiality) -> bool:
    """May data with this label be seen where at most `clearance` may be seen?"""
    return label.confidentiality <= clearance


def _bounded(sources: frozenset[str]) -> frozenset[str]:
    if len(sources) <= MAX_SOURCES:
        return sources
    kept = sorted(sources - {OTHERS})[: MAX_SOURCES - 1]
    return frozenset(kept) | {OTHERS}


OTHERS = "and others"
