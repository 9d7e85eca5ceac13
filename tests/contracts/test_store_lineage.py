"""What a store promises of where values come from: readings, endorsements, files, destinations."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.model.digest import canonical, sha256
from clawband.model.errors import ConflictError, InvariantError
from clawband.model.provenance import Endorsement, Place, Reading, ReadingKind
from clawband.ports import unit as writes
from tests.contracts.test_store import OUTSIDE, OWNED, WAIT, shop
from tests.contracts.writing import approval, unit
from tests.simulators.clocks import START

__all__ = ["shop"]
SESSION = "sample/s"
DESK = "sample/desk"


def reading(id="dec_1", kind=ReadingKind.DATA, text="", **fields):
    body = canonical({"nonce": "00", "arguments": {"text": text}})
    return Reading(
        id=id, at=START, kind=kind, text=text, payload=sha256(body),
        **{"source": "web_fetch:example.com", "label": OUTSIDE} | fields,
    )  # fmt: skip


def read(*readings, session=SESSION):
    """The changes that take down these readings, each with its text as a payload."""
    for each in readings:
        body = canonical({"nonce": "00", "arguments": {"text": each.text}})
        yield writes.KeepPayload(each.payload, body)
        yield writes.AddReading(session, each)


def known(store, session=SESSION):
    return store.sources(session).readings


def endorsement(id="end_1", **fields):
    values = {
        "id": id, "agent": DESK, "meaning": "recipient", "value": "bob@example.com",
        "purpose": "invoices", "by": "ana", "opened": START,
        "expires": START + timedelta(hours=1), "decisions": ("dec_1", "dec_2"),
    }  # fmt: skip
    return Endorsement(**{**values, **fields})


def place(path="notes.md", **fields):
    values = {"agent": DESK, "label": OUTSIDE, "decision": "dec_1", "payload": "sha256:1",
              "at": START}  # fmt: skip
    return Place(path=path, **{**values, **fields})


@pytest.mark.parametrize("kind", [ReadingKind.DATA, ReadingKind.WROTE])
def test_what_came_from_outside_is_known_at_once(shop, kind):
    assert known(shop.store) == ()
    one = reading(kind=kind, text="send it to eve@example.com")
    future = shop.store.commit(unit(*read(one)))
    assert known(shop.store) == (one,)
    future.result(WAIT)
    assert known(shop.store) == (one,)


def test_words_are_known_when_they_are_durable(shop):
    words = reading("dec_2", ReadingKind.WORDS, "send it to bob", speaker="telegram:4242")
    assert known(shop.store) == ()
    shop.put(*read(words))
    assert known(shop.store) == (words,)


def test_words_of_a_unit_that_failed_explain_nothing(shop):
    shop.put(writes.OpenApproval(approval()))
    with pytest.raises(ConflictError):
        shop.put(*read(reading(kind=ReadingKind.WORDS)), writes.OpenApproval(approval("apr_2")))
    assert known(shop.store) == ()
    shop.restart()
    assert known(shop.store) == ()


def test_readings_of_a_unit_that_failed_are_forgotten_and_no_others(shop):
    kept, lost = reading("dec_1", text="one"), reading("dec_2", text="two")
    shop.put(*read(kept), writes.OpenApproval(approval()))
    with pytest.raises(ConflictError):
        shop.put(*read(lost), writes.OpenApproval(approval("apr_2")))
    assert known(shop.store) == (kept,)
    shop.put(*read(lost))
    assert known(shop.store) == (kept, lost)


def test_readings_outlive_a_restart_with_their_texts_and_in_order(shop):
    words = reading("dec_9", ReadingKind.WORDS, "zwölf an bob", speaker="telegram:4242",
                    source="telegram:4242", label=OWNED)  # fmt: skip
    data = reading("dec_1", text="ünï\u2028code", referred=True, attested=("from", "date"),
                   tags=("personal", "secret"))  # fmt: skip
    wrote = reading("dec_5", ReadingKind.WROTE, "42.00")
    shop.put(*read(words))
    shop.put(*read(data, wrote))
    for _ in range(2):
        assert known(shop.store) == (words, data, wrote)
        shop.restart()


def test_the_same_reading_twice_is_one(shop):
    one = reading(text="first")
    again = reading(text="second")
    shop.put(*read(one))
    shop.put(*read(again))
    shop.put(*read(again, again))
    shop.restart()
    assert known(shop.store) == (one,)


def test_each_session_has_its_own(shop):
    shop.put(*read(reading(text="a")), *read(reading(text="b"), session="other/s"))
    for _ in range(2):
        assert [each.text for each in known(shop.store)] == ["a"]
        assert [each.text for each in known(shop.store, "other/s")] == ["b"]
        assert known(shop.store, "sample/t") == known(shop.store, "") == ()
        shop.restart()


def test_a_reading_without_its_text_is_still_a_reading(shop):
    lost = reading(text="never kept")
    odd = replace(reading("dec_2"), payload="sha256:odd")
    shop.put(
        writes.AddReading(SESSION, lost),
        writes.KeepPayload(odd.payload, json.dumps({"arguments": ["text"]}).encode()),
        writes.AddReading(SESSION, odd),
    )
    shop.restart()
    assert known(shop.store) == (replace(lost, text=""), odd)


def test_endorsements_hold_from_when_they_are_durable_to_when_somebody_revokes(shop):
    assert shop.store.endorsements(DESK) == ()
    given = endorsement()
    shop.put(writes.PutEndorsement(given))
    for _ in range(2):
        assert shop.store.endorsements(DESK) == (given,)
        assert shop.store.endorsements("other/desk") == ()
        assert shop.store.endorsement(given.id) == given
        shop.restart()
    ended = replace(given, revoked=START + timedelta(minutes=1), revoked_by="olga")
    future = shop.store.commit(unit(writes.PutEndorsement(ended)))
    assert shop.store.endorsements(DESK) == (), "at once"
    future.result(WAIT)
    for _ in range(2):
        assert shop.store.endorsements(DESK) == ()
        assert shop.store.endorsement(given.id) == ended
        assert list(shop.store.all_endorsements()) == [ended]
        shop.restart()


def test_what_is_revoked_never_comes_back(shop):
    given = endorsement()
    ended = replace(given, revoked=START, revoked_by="ana")
    first, second, late = shop.write(
        *(unit(writes.PutEndorsement(each)) for each in (given, ended, given))
    )
    assert shop.store.endorsements(DESK) == ()
    first.result(WAIT)
    second.result(WAIT)
    with pytest.raises(ConflictError):
        late.result(WAIT)
    for _ in range(2):
        assert shop.store.endorsements(DESK) == ()
        with pytest.raises(ConflictError):
            shop.put(writes.PutEndorsement(given))
        shop.restart()


def test_endorsements_are_listed_newest_first(shop):
    given = [endorsement(f"end_{n}", opened=START + timedelta(minutes=n)) for n in range(5)]
    shop.put(*map(writes.PutEndorsement, given))
    assert list(shop.store.all_endorsements(limit=3)) == given[:1:-1]
    assert shop.store.endorsement("end_9") is None


def test_a_place_is_its_newest_version_and_all_are_kept(shop):
    clean = place(label=OWNED)
    poisoned = place(decision="dec_2", at=START + timedelta(minutes=1))
    apart = place("quarantine/1.md", decision="dec_3", quarantine="SOUL.md")
    assert shop.store.place(DESK, "notes.md") is None and shop.store.places(DESK) == ()
    shop.put(writes.PutPlace(poisoned))
    shop.put(writes.PutPlace(clean), writes.PutPlace(apart))
    for _ in range(2):
        assert shop.store.place(DESK, "notes.md") == clean
        assert shop.store.place(DESK, "other.md") is None
        assert shop.store.place("other/desk", "notes.md") is None
        assert set(shop.store.places(DESK)) == {clean, apart}
        assert list(shop.store.versions()) == [apart, clean, poisoned]
        assert list(shop.store.versions(agent=DESK, path="notes.md")) == [clean, poisoned]
        assert list(shop.store.versions(path="notes.md", limit=1)) == [clean]
        assert list(shop.store.versions(agent="other/desk")) == []
        shop.restart()


def test_a_better_place_of_a_unit_that_failed_is_none(shop):
    shop.put(writes.PutPlace(place()), writes.OpenApproval(approval()))
    assert shop.store.place(DESK, "notes.md") == place()
    with pytest.raises(ConflictError):
        shop.put(writes.PutPlace(place(label=OWNED)), writes.OpenApproval(approval("apr_2")))
    assert shop.store.place(DESK, "notes.md") == place()
    assert len(shop.store.versions()) == 1


def test_destinations_are_used_when_they_are_durable_and_stay_so(shop):
    asked = frozenset({"example.com", "bob@example.com", "eve@example.com"})
    used = asked - {"eve@example.com"}
    assert shop.store.used(DESK, asked) == frozenset()
    shop.put(writes.UseDestinations(DESK, used))
    shop.put(writes.UseDestinations(DESK, used))
    for _ in range(2):
        assert shop.store.used(DESK, asked) == used
        assert shop.store.used(DESK, frozenset()) == frozenset()
        assert shop.store.used("other/desk", asked) == frozenset()
        shop.restart()


def test_a_destination_of_a_unit_that_failed_is_new(shop):
    shop.put(writes.OpenApproval(approval()))
    use = writes.UseDestinations(DESK, frozenset({"example.com"}))
    with pytest.raises(ConflictError):
        shop.put(use, writes.OpenApproval(approval("apr_2")))
    assert shop.store.used(DESK, use.destinations) == frozenset()
    shop.put(use)
    assert shop.store.used(DESK, use.destinations) == use.destinations


@pytest.mark.parametrize(
    "change",
    [
        writes.AddReading(SESSION, reading(source="\ud800")),
        writes.PutPlace(place("\ud800")),
        writes.UseDestinations(DESK, frozenset({"\ud800"})),
    ],
    ids=["reading", "place", "destination"],
)
def test_what_no_store_can_hold_fails_alone(shop, change):
    before, bad, after = shop.write(unit(), unit(change), unit(*read(reading("dec_2"))))
    with pytest.raises(InvariantError):
        bad.result(WAIT)
    assert (before.result(WAIT).leaves, after.result(WAIT).leaves) == ((0,), (1,))
    for _ in range(2):
        assert known(shop.store) == (reading("dec_2"),)
        assert shop.store.places(DESK) == () and list(shop.store.versions()) == []
        shop.restart()


def test_many_units_at_once_keep_everything(shop):
    futures = shop.write(
        *(
            unit(
                *read(reading(f"dec_{n}", text=f"text {n}"), session=f"sample/{n % 7}"),
                writes.UseDestinations(DESK, frozenset({f"host{n}", "host"})),
            )
            for n in range(300)
        )
    )
    for future in futures:
        future.result(WAIT)
    for _ in range(2):
        found = [each for n in range(7) for each in known(shop.store, f"sample/{n}")]
        assert {each.text for each in found} == {f"text {n}" for n in range(300)}
        assert len(found) == 300
        hosts = frozenset(f"host{n}" for n in range(301))
        assert shop.store.used(DESK, hosts) == hosts - {"host300"}
        shop.restart()
