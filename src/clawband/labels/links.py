"""Links in a text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    url: str


def links(text: str) -> tuple[Link, ...]:
    """None yet."""
    return ()
