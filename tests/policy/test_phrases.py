"""Plain words."""

import pytest

from clawband.model.access import Action, Requirement
from clawband.policy import phrases
from clawband.policy.phrases import Phrase
from clawband.policy.powers import UNNAMED, Act, Level, Terms

PAY = Act(Action.PAY, "refund")


@pytest.mark.parametrize(
    ("act", "terms", "says"),
    [
        (PAY, Terms(), "`a` may pay with `refund`"),
        (PAY, Terms(approval=Requirement("admin", 2)),
         "`a` may pay with `refund` with an approval by 2 people with the role admin"),
        (PAY, Terms(approval=Requirement("admin"), above=12345),
         "`a` may pay with `refund` up to 123.45, above that with an approval by an admin"),
        (Act(Action.READ, "web"), Terms(lists={"hosts": frozenset({"b", "a"})}),
         "`a` may read with `web` (hosts: `a` and `b`)"),
        (Act(Action.READ, "web"), Terms(lists={"hosts": frozenset()}),
         "`a` may read with `web` (no hosts)"),
        (Act(Action.UNKNOWN, "x"), Terms(), "`a` may call `x`, which nobody declared,"),
        (Act(UNNAMED, UNNAMED), Terms(), "`a` may do what the manifest does not name"),
    ],
)  # fmt: skip
def test_acts(act, terms, says):
    assert phrases.said(["a"], phrases.act(act, terms)) == says


def test_new_agents_are_counted():
    new = phrases.act(PAY, Terms(), new=True)
    assert phrases.said(["a"], new) == "one more agent may pay with `refund`: `a`"
    many = [str(each) for each in range(12)]
    assert phrases.said(many, new) == (
        "12 more agents may pay with `refund`: `0`, `1`, `2`, `3` and 8 more"
    )


def test_names():
    assert phrases.names([]) == ""
    assert phrases.names("ab") == "`a` and `b`"
    assert phrases.names("abcde") == "`a`, `b`, `c`, `d` and `e`"


def test_what_is_alike_is_one_sentence():
    phrase = Phrase("may read with", "`a`")
    assert (
        phrases.said(["x"], phrase.bare, ["`a`", "`b`", "`a`"]) == "`x` may read with `a` and `b`"
    )


def test_money_has_two_places_and_no_currency():
    assert [phrases.money(each) for each in (0, 5, 10000, 123456789)] == [
        "0.00", "0.05", "100.00", "1,234,567.89",
    ]  # fmt: skip


def test_a_level():
    assert phrases.level(Level(1, "act for", "anyone", "")) == "may act for anyone"
