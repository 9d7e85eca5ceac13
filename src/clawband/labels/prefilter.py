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

    __slots__ = ("_shapes", "_words", "patterns", "wordless")

    def __init__(self, patterns: Sequence[str]) -> None:
        options = re2.Options()
        options.log_errors = False
        self._words = re2.Filter()
        for pattern in patterns:
            self._words.Add(pattern, options)
        self._words.Compile()
        self.patterns: tuple[Any, ...] = tuple(map(self._words.re, range(len(patterns))))
        # Those still in question for a text without any word are those that have none.
        self.wordless = tuple(sorted(self._words.Match(b"\0", potential=True) or ()))
        self._shapes = _together([patterns[index] for index in self.wordless])

    def suspects(self, raw: bytes) -> list[int]:
        """The index of every pattern that matches this UTF-8 somewhere, and of some that do not."""
        worded = set(self._words.Match(raw, potential=True) or ()) - set(self.wordless)
        shaped = (self.wordless[index] for index in self._shapes.Match(raw) or ())
        return sorted((*worded, *shaped))


class Exact:
    """The same for gigabytes: three passes, and only patterns that do match. In blocks nearly every
    word is somewhere, and what it suspects would cost a pass each."""

    __slots__ = ("_groups", "patterns")

    def __init__(self, patterns: Sequence[str]) -> None:
        both = Prefilter(patterns)
        self.patterns = both.patterns
        worded = [index for index in range(len(patterns)) if index not in both.wordless]
        # In two automata the states that almost match multiply far less than in one.
        groups = (both.wordless, worded[::2], worded[1::2])
        self._groups = [(each, _together([patterns[index] for index in each])) for each in groups]

    def suspects(self, raw: bytes) -> list[int]:
        """The index of every pattern that matches this UTF-8 somewhere."""
        return sorted(each[at] for each, found in self._groups for at in found.Match(raw) or ())


def _together(patterns: Sequence[str]) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    found = re2.Set.SearchSet(options)
    for pattern in patterns:
        found.Add(pattern)
    found.Compile()
    return found
