"""Samples are one visible line; counts add up."""

from clawband.labels.signals import LONGEST_SAMPLE, Signal, Tally, visible


def test_kinds_come_in_the_order_they_were_noticed_with_the_first_sample():
    tally = Tally()
    tally.add("b", "first")
    tally.add("a", "x", 2)
    tally.add("b", "second")
    assert tally.signals() == (Signal("b", 2, "first"), Signal("a", 2, "x"))


def test_a_sample_is_visible_and_short():
    assert visible("a\n\u202eb\ud800") == "a ⟨U+202E⟩b⟨U+D800⟩"
    assert visible("x" * 500) == "x" * (LONGEST_SAMPLE - 1) + "…"
    assert len(visible("\u202e" * 500)) == LONGEST_SAMPLE
