"""What is not in order, as a card: what it is, what it means, what to do, where to look."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing. Names in backticks; `title` and `remedy` end without a full stop."""

    title: str
    detail: str
    remedy: str
    href: str = ""
    look: str = "look at it"


def count(number: int, noun: str) -> str:
    """`1 secret`, `3 secrets`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
