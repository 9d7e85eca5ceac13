"""Which of many patterns can match a text at all: two passes, whatever the number of patterns.

A pattern that needs a word is looked for by its words, all of them in one pass. The others, shapes
of digits and letters, go through one automaton. Everything in one automaton would do too, but its
states multiply on text that almost matches many patterns: random letters took ten times longer.
Time is linear in the text, whatever the text.
"""

from collections.abc import Sequence
from typing import Any

import re2

_MEMORY = 64 << 20


class Prefilter:
    """Patterns in RE2 syntax, compiled, known by their index."""

    __slots__ = ("_shapes", "_wordless", "_words", "patterns")

    def __init__(self, patterns: Sequence[str]) -> None:
        options = re2.Options()
        options.log_errors = False
        self._words = re2.Filter()
        for pattern in patterns:
            self._words.Add(pattern, options)
        self._words.Compile()
        self.patterns: tuple[Any, ...] = tuple(map(self._words.re, range(len(patterns))))
        # Those still in question for a text without any word are those that have none.
        self._wordless = tuple(sorted(self._words.Match(b"\0", potential=True) or ()))
        options.max_mem = _MEMORY
        self._shapes = re2.Set.SearchSet(options)
        for index in self._wordless:
            self._shapes.Add(patterns[index])
        self._shapes.Compile()

    def suspects(self, raw: bytes) -> list[int]:
        """The index of every pattern that matches this UTF-8 somewhere, and of some that do not."""
        worded = set(self._words.Match(raw, potential=True) or ()) - set(self._wordless)
        shaped = (self._wordless[index] for index in self._shapes.Match(raw) or ())
        return sorted((*worded, *shaped))
