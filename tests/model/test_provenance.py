"""An explanation is told to policy as one word; an endorsement holds for its time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from clawband.model.provenance import Argument, Endorsement, Explanation, Meaning, Origin

START = datetime(2026, 1, 1, tzinfo=UTC)
VOUCHED = Endorsement(
    id="end_1", agent="a/b", meaning="url", value="x", purpose="p", by="olga", opened=START,
    expires=START + timedelta(hours=1),
)  # fmt: skip


def test_what_policy_is_told():
    argument = Argument(Meaning.RECIPIENT, "to", "bob")
    assert Explanation(argument=argument, origin=Origin.OUTSIDE).fact == "recipient:outside"


def test_an_endorsement_holds_from_its_beginning_until_its_end():
    second = timedelta(seconds=1)
    assert VOUCHED.holds(START)
    assert not VOUCHED.holds(START - second)
    assert VOUCHED.holds(VOUCHED.expires - second)
    assert not VOUCHED.holds(VOUCHED.expires)


def test_a_revoked_one_holds_never():
    assert not replace(VOUCHED, revoked=START).holds(START + timedelta(minutes=1))
