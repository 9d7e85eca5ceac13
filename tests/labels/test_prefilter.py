"""Whatever matches is suspected."""

import pkgutil
from importlib import import_module

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as some

from clawband.labels import classifiers
from clawband.labels.classifiers import shipped
from clawband.labels.prefilter import Exact, Prefilter

PATTERNS = [kind.pattern for kind in shipped()]
PREFILTER, EXACT = Prefilter(PATTERNS), Exact(PATTERNS)
HITS = [
    import_module(f"{classifiers.__name__}.{found.name}").EXAMPLES[0]
    for found in pkgutil.iter_modules(classifiers.__path__)
]


@given(some.lists(some.one_of(some.text(), some.sampled_from(HITS)), max_size=5).map("".join))
def test_every_pattern_that_matches_is_suspected(text):
    raw = text.encode()
    matching = {n for n, pattern in enumerate(PREFILTER.patterns) if pattern.search(raw)}
    assert matching <= set(PREFILTER.suspects(raw))
    assert sorted(matching) == EXACT.suspects(raw)


@pytest.mark.parametrize("text", ["PASSWORT: x", "CONTRASEÑA: x", "contraseña: x", "Straße 1"])
def test_letters_of_any_case_and_language(text):
    prefilter = Prefilter(["(?i)passwort|contraseña|straße"])
    assert prefilter.suspects(text.encode()) == [0]


def test_words_are_looked_for_as_words_and_shapes_as_shapes():
    prefilter = Prefilter(["alpha[0-9]+", "[0-9]{3}-[0-9]{2}", "beta"])
    assert prefilter.suspects(b"nothing") == []
    assert prefilter.suspects(b"alpha without a number") == [0]
    assert prefilter.suspects(b"123-45") == [1]
    assert prefilter.suspects(b"beta 123-45 alpha") == [0, 1, 2]
    assert prefilter.patterns[1].search(b"is 123-45").span() == (3, 9)


def test_a_pattern_that_is_none_is_refused():
    with pytest.raises(re2.error):
        Prefilter(["("])
