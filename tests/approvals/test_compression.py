"""Which cards are one, what that would allow, and which values are worth vouching for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.approvals.compression import (
    MOST_VALUES,
    Waiting,
    allows,
    cards,
    endorsable,
    groups,
    named,
    still,
    title,
)
from clawband.model.access import Reason, Requirement
from clawband.model.deployment import Limits, Workflow
from clawband.model.event import Tag
from clawband.model.provenance import Argument, Explanation, Meaning, Origin
from tests.contracts.writing import approval, event
from tests.simulators.clocks import START


def said(value, origin=Origin.OUTSIDE, meaning=Meaning.RECIPIENT, key="to"):
    return Explanation(argument=Argument(meaning, key, value), origin=origin)


def waits(number, *values, **fields):
    opened = START + timedelta(seconds=number)
    card = approval(f"apr_{number}", f"sha256:{number}", opened=opened, **fields)
    return Waiting(card, tuple(values or (said(f"r{number}@x"),)))


def accepting(*origins):
    """A policy that wants one of these origins for everything."""
    return lambda explained: all(each.origin in {Origin.ENDORSED, *origins} for each in explained)


def test_alike_cards_are_one_offer_with_each_value_once():
    (group,) = groups([waits(3, said("a@x")), waits(1, said("b@x")), waits(2, said("a@x"))])
    assert [each.id for each in group.approvals] == ["apr_1", "apr_2", "apr_3"]
    assert [each.argument.value for each in group.values] == ["b@x", "a@x"]
    assert (group.agent, group.session, group.tool) == ("sample/desk", "s", "refund")


def test_one_card_alone_is_no_group():
    assert groups([waits(1)]) == ()
    assert groups([]) == ()


DIFFERENT = {
    "agent": {"agent": "sample/other"},
    "session": {"session": "t"},
    "tool": {"resource": "notify"},
    "action": {"action": "tool:send"},
    "asker": {"asker": "telegram:7"},
    "reason": {"reasons": (Reason("desk/other", "something else"),)},
    "who may": {"requirements": (Requirement("admin"),)},
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_what_differs_in_anything_stays_apart(what):
    assert groups([waits(1), waits(2, **DIFFERENT[what])]) == ()


def test_nothing_is_offered_that_is_wide_or_takes_two_people():
    two = (Requirement("approver", people=2),)
    assert groups([waits(1, session=""), waits(2, session="")]) == ()
    assert groups([waits(1, requirements=two), waits(2, requirements=two)]) == ()
    nothing = [replace(waits(n), values=()) for n in (1, 2)]
    assert groups(nothing) == (), "vouching for it would not have permitted it"


def test_a_group_can_be_read():
    found = groups([waits(n) for n in range(MOST_VALUES + 3)])
    assert [len(group.values) for group in found] == [MOST_VALUES, 3]
    long = [said(f"{n}@x") for n in range(MOST_VALUES + 1)]
    assert groups([waits(1, *long), waits(2, *long[:3])]) == ()


def test_the_id_names_exactly_this_offer():
    first = groups([waits(1), waits(2)])[0].id
    assert first == groups([waits(2), waits(1)])[0].id
    assert first != groups([waits(1), waits(2), waits(3)])[0].id
    assert first != groups([waits(1), waits(2, said("else@x"))])[0].id


def test_the_offer_is_one_sentence():
    link = said("https://x/", meaning=Meaning.LINK)
    (group,) = groups([waits(1, said("a@x"), link), waits(2, said("b@x"))])
    assert title(group) == (
        "cover 2 waiting calls: let `sample/desk` use `refund` with these 2 recipients and "
        "this link in this session"
    )


def test_what_else_it_would_allow_is_said_value_by_value():
    link = said("https://x/", meaning=Meaning.LINK)
    (group,) = groups([waits(1, said("a@x"), link), waits(2, said("b@x"))])
    assert allows(group) == (
        "every call of `refund` by `sample/desk` in this session with the recipient `a@x` or "
        "`b@x`, whatever else the call says",
        "every call of `refund` by `sample/desk` in this session with the link `https://x/`, "
        "whatever else the call says",
    )


def test_what_still_holds_names_the_limits_in_force():
    workflow = Workflow(
        name="desk", owner="o", purpose="p", environment="dev", agents=(), channels=(), reads=(),
        writes=(), systems=(), limits=Limits(calls_per_run=7, calls_per_minute=9),
    )  # fmt: skip
    assert "at most 7 calls in one turn, and 9 in a minute" in still(workflow)
    assert len(still(None)) == len(still(workflow)) - 1


def test_only_what_must_be_vouched_for_is_asked_for():
    words, outside = said("w@x", Origin.WORDS), said("o@x")
    attested = said("7", Origin.ATTESTED, Meaning.ID)
    needs = [words, outside, attested]
    assert endorsable(needs, accepting(Origin.WORDS, Origin.ATTESTED)) == (outside,)
    assert endorsable(needs, accepting(Origin.WORDS)) == (outside, attested)
    assert endorsable(needs, lambda _: False) == (), "another rule refuses it"
    assert endorsable([words], accepting(Origin.WORDS)) == ()
    assert endorsable([], lambda _: True) == ()


def test_cards_are_counted_by_turn():
    def turn(run, asked):
        opened = [event(Tag.APPROVAL_OPEN, gateway="g", run=run) for _ in range(asked)]
        return [*opened, event(Tag.RUN_FINISH, gateway="g", run=run)]

    found = cards([*turn("a", 0), *turn("b", 1), *turn("c", 4), event(Tag.SERVER_START)])
    assert (found.turns, found.cards, found.asked) == (3, 5, 2)
    assert (found.median, found.most) == (2.5, 4)
    assert round(found.mean, 2) == 1.67
    nothing = cards([])
    assert (nothing.mean, nothing.median, nothing.most) == (0, 0, 0)


def test_of_the_named_arguments_only_the_weak_ones_need_somebody():
    weak, fine, other = said("a"), said("b", Origin.WORDS), said("c", key="cc")
    assert named([weak, fine, other], {"to"}) == (weak,)
    assert named([weak], ()) == ()


def test_policy_is_asked_once_for_each_kind_of_value():
    asked = []

    def permits(explained):
        asked.append(explained)
        return accepting()(explained)

    many = [said(f"{n}@x") for n in range(20)]
    assert endorsable(many, permits) == tuple(many)
    assert len(asked) == 1
