"""Classifiers: one file each says what a kind of sensitive data looks like.

A file has a docstring (what it is, where the format is written down), one constant `CLASSIFIER`,
and `EXAMPLES = (hit, miss)`: a text with one of it, and a text that only looks like it. Hits are
documented examples or are put together, so that nobody takes them for live.
"""

import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from clawband.model.errors import InvariantError

TAGS = ("secret", "personal", "business")


@dataclass(frozen=True, slots=True, kw_only=True)
class Classifier:
    """What one kind of data looks like."""

    id: str
    """Lower case with dashes: `aws-access-key`. Named in findings and masks."""
    tag: str
    """One of `TAGS`."""
    pattern: str
    """RE2 syntax. What is found is the first group that took part, or the whole match."""
    confidence: float
    """0 to 1: how likely a match is this kind, and worth protecting for itself."""
    near: str = ""
    """RE2 syntax: what stands within 80 characters before or 40 after, in any case."""
    alone: float = 0.0
    """The confidence when `near` does not stand there; 0 is a miss."""
    check: Callable[[str], float] | None = None
    """Weighs the value by its structure: multiplies the confidence, 0 is a miss."""


@cache
def shipped() -> tuple[Classifier, ...]:
    """Every classifier of this folder, by id. Raises `InvariantError` for an id in use."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    return distinct(import_module(f"{__name__}.{name}").CLASSIFIER for name in names)


def distinct(classifiers: Iterable[Classifier]) -> tuple[Classifier, ...]:
    """The same by id. Raises `InvariantError` when two have one id or one has no known tag."""
    known: dict[str, Classifier] = {}
    for each in classifiers:
        if each.id in known:
            raise InvariantError(f"expected an id of its own, got `{each.id}`, which is in use")
        if each.tag not in TAGS:
            raise InvariantError(f"expected a tag of {', '.join(TAGS)}, got `{each.tag}`")
        known[each.id] = each
    return tuple(known[name] for name in sorted(known))
