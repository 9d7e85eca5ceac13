"""The laws of the join: commutative, associative, idempotent, monotone; nothing falls."""

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from clawband.labels.lattice import (
    MAX_SOURCES,
    NOTHING_READ,
    OTHERS,
    UNKNOWN,
    flows_to,
    join,
    join_all,
)
from clawband.model.label import Confidentiality, Integrity, Label

# Few names make joins overlap; many make them reach the bound.
NAMES = st.integers(0, 3 * MAX_SOURCES).map(lambda n: f"source {n:03d}") | st.just(OTHERS)
SOURCES = st.frozensets(NAMES, max_size=MAX_SOURCES)
LABELS = st.builds(Label, st.sampled_from(Integrity), st.sampled_from(Confidentiality), SOURCES)


@given(LABELS, LABELS)
def test_commutative(a, b):
    assert join(a, b) == join(b, a)


@given(LABELS, LABELS, LABELS)
def test_associative(a, b, c):
    assert join(a, join(b, c)) == join(join(a, b), c)


@given(LABELS)
def test_idempotent_with_an_identity(a):
    assert join(a, a) == a == join(a, NOTHING_READ)


@given(LABELS, LABELS)
def test_nothing_falls_by_itself(a, b):
    both = join(a, b)
    assert both.integrity <= min(a.integrity, b.integrity)
    assert both.confidentiality >= max(a.confidentiality, b.confidentiality)
    lost = (a.sources | b.sources) - both.sources
    assert not lost or OTHERS in both.sources, "what is not named is said to be there"
    assert len(both.sources) <= MAX_SOURCES


@given(LABELS, LABELS, LABELS)
def test_monotone(a, b, c):
    """If a is below b, a joined with c is below b joined with c."""
    b = join(a, b)
    left, right = join(a, c), join(b, c)
    assert join(left, right) == right


@given(st.lists(LABELS, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_reading_does_not_matter(labels, random):
    shuffled = list(labels)
    random.shuffle(shuffled)
    assert join_all(shuffled) == join_all(labels) == reduce(join, labels, NOTHING_READ)


@given(LABELS, LABELS, st.sampled_from(Confidentiality))
def test_a_join_flows_nowhere_that_its_parts_do_not(a, b, clearance):
    assert flows_to(join(a, b), clearance) == (flows_to(a, clearance) and flows_to(b, clearance))


def test_the_unknown_is_untrusted():
    assert UNKNOWN.integrity is Integrity.OUTSIDE
    assert join(NOTHING_READ, UNKNOWN) == UNKNOWN
