"""Every event has words."""

from datetime import UTC, datetime, timedelta

import pytest

from clawband.edges.console import when, wording, words
from clawband.edges.console.activity import KINDS
from clawband.model.access import Action
from clawband.model.event import Event, Leaf, Tag

NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)


def leaf(tag, **fields):
    return Leaf(0, b"", Event(id="evt_1", at=NOW, tag=tag, **fields))


@pytest.mark.parametrize("tag", list(Tag))
def test_every_tag_reads_as_a_sentence(tag):
    row = words.row(leaf(tag, who="ana", action="tool:pay", resource="Tool::refund"))
    assert row.verb and row.outcome


@pytest.mark.parametrize("action", list(Action))
def test_every_action_has_verbs(action):
    assert words.VERBS[action] and words.INFINITIVES[action]


def test_red_means_refused_and_amber_means_waiting():
    tones = {tag: words.row(leaf(tag)).tone for tag in Tag}
    assert tones[Tag.DECISION_DENY] is wording.Tone.REFUSED
    assert tones[Tag.DECISION_HOLD] is wording.Tone.WAITING
    assert tones[Tag.DECISION_PERMIT] is wording.Tone.PLAIN
    assert words.row(leaf(Tag.CALL_FINISH, outcome="error")).outcome == "failed"


def test_a_hold_names_what_would_lift_it():
    detail = {
        "reasons": ["clawband/default-deny", "support/approve-refund"],
        "because": ["no policy permits it", "an approver may"],
    }
    assert words.row(leaf(Tag.DECISION_HOLD, detail=detail)).note == "an approver may"
    assert words.row(leaf(Tag.DECISION_DENY, detail=detail)).note == "no policy permits it"


def test_a_label_that_is_zero_is_the_worst_not_none():
    said = words.label({"payload": "sha256:00"})
    assert "anybody" in said[0]
    assert words.label({}) == ()


def test_each_kind_but_everything_filters():
    assert [key for key, (_, tags) in KINDS.items() if not tags] == [""]


def test_times_are_relative_and_exact():
    ages = [(0, "just now"), (5, "5 s ago"), (61, "1 min ago"), (7_200, "2 h ago"),
            (90_000, "1 d ago"), (-240, "in 4 min")]  # fmt: skip
    for seconds, said in ages:
        assert when.ago(NOW - timedelta(seconds=seconds), NOW) == said
    assert when.exact(NOW) == "2026-11-22 03:04:05 UTC"
    assert 'title="2026-11-22 03:04:05 UTC"' in when.tag(NOW, "just now")
    assert when.after(NOW + timedelta(seconds=0.4), NOW) == "+0.4 s"
    assert when.after(NOW + timedelta(seconds=90), NOW) == "+1 min"
