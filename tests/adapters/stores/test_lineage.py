"""Where values come from, when there is too much of it and when it cannot be read."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.adapters.stores import lineage
from clawband.adapters.stores.lineage import READING, SESSION
from clawband.adapters.stores.sqlite import open_store
from clawband.model.errors import UnavailableError
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.provenance import Argument, Meaning, Origin, ReadingKind
from clawband.ports.unit import PutEndorsement, PutPlace, UseDestinations
from tests.contracts.test_store_lineage import DESK, endorsement, known, place, read, reading
from tests.contracts.test_store_lineage import SESSION as HERE
from tests.contracts.writing import unit
from tests.simulators.clocks import START
from tests.simulators.keepers import OnlyMemory

KEY = b"k" * 32
WAIT = 30
BIG = SESSION // 5
SECRET = Label(Integrity.OUTSIDE, Confidentiality.RESTRICTED, frozenset({"vault"}))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "clawband.db"


@pytest.fixture
def store(path):
    store = open_store(path, KEY, busy=200)
    yield store
    store.close()


def put(store, *changes):
    store.commit(unit(*changes)).result(WAIT)


def test_nothing_is_foreseen_that_could_permit(path, store):
    """The other program keeps every unit waiting, so none of it is durable yet."""
    words = reading("dec_1", ReadingKind.WORDS, "to bob", speaker="telegram:4242")
    data, wrote = reading("dec_2", text="to eve"), reading("dec_3", ReadingKind.WROTE, "to eve")
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = store.commit(
            unit(
                *read(words, data, wrote),
                PutEndorsement(endorsement()),
                PutPlace(place()),
                UseDestinations(DESK, frozenset({"example.com"})),
            )
        )
        assert known(store) == (data, wrote)
        assert store.endorsements(DESK) == () and store.place(DESK, "notes.md") is None
        assert store.used(DESK, frozenset({"example.com"})) == frozenset()
        with pytest.raises(UnavailableError):
            waiting.result(WAIT)
        other.execute("ROLLBACK")
    other.close()
    assert known(store) == (), "a unit that failed was given to nobody"


def test_the_newest_texts_of_a_long_session_are_kept_and_all_of_its_labels(store):
    """Whoever floods a session does not make it forget what it is."""
    secret = reading("dec_a", text="x" * 100, label=SECRET, source="vault", tags=("secret",))
    words = reading("dec_b", ReadingKind.WORDS, "send it to bob@example.com", speaker="telegram:1")
    wrote = reading("dec_c", ReadingKind.WROTE, "eve@example.com")
    put(store, *read(secret, words, wrote))
    assert len(known(store)) == 3
    for number in range(8):
        put(store, *read(reading(f"dec_d{number}", text=f"{number}" + "x" * BIG)))
    assert len(known(store)) == 11, "hot sessions are trimmed later"
    for _ in range(2):
        lost, said, own, *floods = known(_anew(store))
        assert (said, own) == (words, wrote)
        assert lost == replace(secret, text="")
        assert sum(len(each.text) for each in floods) <= SESSION
        assert [each.id for each in floods] == [f"dec_d{number}" for number in range(3, 8)]
        assert [bool(each.text) for each in floods] == [False, True, True, True, True]
        assert "tag:secret" in store.sources(HERE).history


def test_many_small_readings_are_bounded_too(store):
    many = 3 * SESSION // READING
    for start in range(0, many, 500):
        here = range(start, start + 500)
        put(store, *read(*(reading(f"dec_{n:06}", text="x", source=f"s{n % 900}") for n in here)))
    put(store, *read(reading("dec_secret", label=SECRET, source="vault", tags=("secret",))))
    found = known(_anew(store))
    assert len(found) <= 1.5 * SESSION // READING
    assert sum(READING + len(each.text) for each in found) <= 1.5 * SESSION
    assert len({each.id for each in found}) == len(found)
    assert [each.id for each in found] == sorted(each.id for each in found)
    assert "tag:secret" in store.sources(HERE).history


def test_a_hot_session_is_trimmed_before_it_outgrows_its_bound(store):
    for number in range(20):
        put(store, *read(reading(f"dec_{number:02}", text="x" * BIG)))
        held = sum(len(each.text) for each in known(store))
        assert held <= 3 * SESSION
    assert store.sources(HERE).readings[-1].text


def test_the_memory_of_all_sessions_is_bounded(store):
    each = lineage.TEXT // 40
    for number in range(60):
        put(store, *read(reading(text="x" * (each - READING)), session=f"sample/{number}"))
        assert len(known(store, f"sample/{number}")) == 1
    assert store._sources.weight <= lineage.TEXT
    assert len(known(store, "sample/0")[0].text) == each - READING


def test_an_altered_text_explains_nothing(path, store):
    one, two = reading("dec_1", text="bob@example.com"), reading("dec_2", text="eve@example.com")
    put(store, *read(one, two))
    with sqlite3.connect(path) as other:
        other.execute("UPDATE payloads SET sealed = x'00' WHERE digest = ?", (one.payload,))
    other.close()
    assert known(_anew(store)) == (replace(one, text=""), two)


def test_what_cannot_be_read_is_as_bad_as_can_be(path, store):
    put(store, *read(reading(kind=ReadingKind.WORDS, text="bob@example.com", speaker="t:1")),
        PutPlace(place()), UseDestinations(DESK, frozenset({"example.com"})))  # fmt: skip
    with sqlite3.connect(path) as other:
        for table in ("readings", "places", "destinations"):
            other.execute(f"ALTER TABLE {table} RENAME TO gone_{table}")
    _anew(store)
    sources = store.sources(HERE)
    asked = Argument(Meaning.RECIPIENT, "to", "bob@example.com")
    assert sources.explain(asked, "t:1").origin is Origin.DERIVED
    assert {"outside", "tag:secret"} <= sources.history
    for found in (store.place(DESK, "AGENTS.md"), *store.places(DESK)):
        assert found.label.integrity is Integrity.OUTSIDE
        assert found.label.confidentiality is Confidentiality.RESTRICTED
    assert store.places(DESK)[0].path == "?"
    assert store.used("other", frozenset({"example.com"})) == frozenset()
    with sqlite3.connect(path) as other:
        for table in ("readings", "places", "destinations"):
            other.execute(f"ALTER TABLE gone_{table} RENAME TO {table}")
    other.close()
    assert sources is not store.sources(HERE)
    assert store.sources(HERE).explain(asked, "t:1").origin is Origin.WORDS
    assert store.places(DESK) == (place(),)


def test_endorsements_that_are_over_do_not_pile_up():
    memory = OnlyMemory()
    for hour in range(100):
        opened = START + timedelta(hours=hour)
        given = endorsement(f"end_{hour}", opened=opened, expires=opened + timedelta(hours=1))
        memory.change(PutEndorsement(given))
        assert memory.endorsements(DESK) == (given,)


def _anew(store):
    """As after a restart: nothing is hot."""
    store._sources.forget(HERE)
    store._places.forget(DESK)
    return store
