"""Honeytokens: what is told of a use, how often, and what stops with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from clawband.flows import honeytokens
from clawband.flows.honeytokens import GUARD, SOURCES
from clawband.flows.kept import Kept
from clawband.model.event import Tag
from clawband.model.honeytoken import AGAIN, Honeytoken, Place, Sighting
from clawband.ports.unit import SetControl

AT = datetime(2026, 11, 22, tzinfo=UTC)
TOKEN = Honeytoken(
    kind="github", where="a wiki page", by="ana", planted=AT, marks=("m" * 14,), prints=("p",)
)
SEEN = Sighting(place=Place.CALL, gateway="shop", agent="shop/desk", run="r1")


def used(token, seen, now, *, stops=False):
    kept = Kept("hny_1", 1, token)
    pause = honeytokens.pause(seen, kept, now) if stops else None
    return honeytokens.used(kept, seen, pause=pause, now=now, entropy=bytes(range(96)))


minutes = st.lists(st.integers(0, 300), max_size=20).map(sorted)


@given(minutes)
def test_each_source_is_told_of_once_in_an_hour_and_never_less(times):
    token, told = TOKEN, []
    for minute in times:
        now = AT + timedelta(minutes=minute)
        unit = used(token, SEEN, now)
        if unit:
            told.append(now)
            (event,) = unit.events
            assert (event.outcome, event.run) == ("used", "r1")
            token = replace(token, told={SEEN.source: now})
    assert all(later - before >= AGAIN for before, later in pairwise(told))
    assert bool(told) == bool(times)


def test_another_place_or_agent_is_another_source():
    token = replace(TOKEN, told={SEEN.source: AT})
    assert used(token, SEEN, AT) is None
    for other in (replace(SEEN, place=Place.EGRESS), replace(SEEN, agent="shop/other")):
        assert used(token, other, AT)


def test_no_more_sources_are_remembered_than_are_worth_it():
    told = {f"call:{number}": AT + timedelta(seconds=number) for number in range(SOURCES)}
    unit = used(replace(TOKEN, told=told), SEEN, AT + timedelta(hours=2))
    (kept,) = unit.changes
    body = kept.document.body.decode()
    assert SEEN.source in body and '"call:0"' not in body and f"call:{SOURCES - 1}" in body


def test_the_pause_names_what_led_to_it():
    unit = used(TOKEN, SEEN, AT, stops=True)
    told, paused = unit.events
    assert (told.tag, paused.tag) == (Tag.HONEYTOKEN_USE, Tag.CONTROL_PAUSE)
    assert (paused.cause, paused.who) == (told.id, GUARD) and told.id != paused.id
    (control,) = (each.control for each in unit.changes if isinstance(each, SetControl))
    assert control.id == "agent:shop/desk" and "hny_1" in control.reason
