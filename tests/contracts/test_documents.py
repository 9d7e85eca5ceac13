"""What `ports.store.Documents` promises, for every store, and what a value of a kind is."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from clawband.flows.kept import Kind
from clawband.model.errors import ConflictError, NotFoundError
from clawband.ports.unit import Unit
from tests.contracts.enrolled import STORES
from tests.simulators.clocks import START


@dataclass(frozen=True)
class Card:
    at: datetime
    words: tuple[str, ...] = ()


CARD = Kind("card", Card)


@pytest.fixture(params=sorted(STORES))
def reopen(request, tmp_path):
    opened = []

    def again():
        while opened:
            opened.pop().close()
        opened.append(STORES[request.param](tmp_path))
        return opened[-1]

    yield again
    opened.pop().close()


def write(store, *changes):
    store.commit(Unit([], list(changes))).result(10)


def test_a_document_is_replaced_only_by_who_saw_its_last_version(reopen):
    store = reopen()
    assert CARD.find("a", store) is None and CARD.all(store) == []
    write(store, CARD.new("a", Card(START)))
    with pytest.raises(ConflictError):
        write(store, CARD.new("a", Card(START, ("mine",))))
    first = CARD.get("a", store)
    write(store, CARD.replace(first, Card(START, ("one",))))
    for late in (CARD.replace(first, Card(START, ("two",))), CARD.drop(first)):
        with pytest.raises(ConflictError):
            write(store, late)
    assert CARD.get("a", store).value == Card(START, ("one",))
    write(store, CARD.drop(CARD.get("a", store)))
    with pytest.raises(NotFoundError):
        CARD.get("a", store)


def test_documents_outlive_a_restart_and_kinds_are_apart(reopen):
    store = reopen()
    for name in ("b", "a"):
        write(store, CARD.new(name, Card(START, (name,))))
    write(store, Kind("other", Card).new("a", Card(START)))
    store = reopen()
    assert [(each.id, each.version, each.value.words) for each in CARD.all(store)] == [
        ("a", 1, ("a",)), ("b", 1, ("b",)),
    ]  # fmt: skip


def test_nothing_of_a_unit_is_written_when_its_document_conflicts(reopen):
    store = reopen()
    write(store, CARD.new("a", Card(START)))
    with pytest.raises(ConflictError):
        write(store, CARD.new("b", Card(START)), CARD.new("a", Card(START)))
    assert CARD.find("b", store) is None


def test_the_body_is_not_on_the_disk_in_clear(reopen, tmp_path):
    write(reopen(), CARD.new("a", Card(START, ("a word that nobody may read",))))
    reopen()
    kept = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    assert b"nobody may read" not in kept and b"documents" in kept


AHEAD = Kind("ahead", Card, ahead=True)


def test_one_that_goes_ahead_is_read_before_it_is_durable(reopen):
    store = reopen()
    write(store, AHEAD.new("a", Card(START)))
    waiting = []
    for word in ("one", "two", "three"):
        kept = AHEAD.get("a", store)
        changed = AHEAD.replace(kept, Card(START, (*kept.value.words, word)))
        waiting.append(store.commit(Unit([], [changed])))
    assert AHEAD.get("a", store).value.words == ("one", "two", "three")
    assert [each.result(10).leaves for each in waiting] == [(), (), ()]
    assert AHEAD.get("a", reopen()).value.words == ("one", "two", "three")


def test_one_that_went_ahead_and_failed_is_forgotten_with_all_that_was_made_from_it(reopen):
    store = reopen()
    write(store, AHEAD.new("a", Card(START)), CARD.new("b", Card(START)))
    first = AHEAD.replace(AHEAD.get("a", store), Card(START, ("lost",)))
    failing = store.commit(Unit([], [first, CARD.new("b", Card(START))]))
    second = AHEAD.replace(AHEAD.get("a", store), Card(START, ("also lost",)))
    following = store.commit(Unit([], [second]))
    for each in (failing, following):
        with pytest.raises(ConflictError):
            each.result(10)
    assert AHEAD.get("a", store).value.words == ()
    write(store, AHEAD.replace(AHEAD.get("a", store), Card(START, ("kept",))))
    assert AHEAD.get("a", store).value.words == ("kept",)


def test_what_is_under_a_name_is_found_without_the_others(reopen):
    store = reopen()
    ids = ["ana", "ana 1", "ana 2", "anab 1", "bob 1", "an", "ana\uffff", "ana é"]
    write(store, *(CARD.new(each, Card(START)) for each in ids))
    write(store, CARD.drop(CARD.get("ana 1", store)))
    write(store, CARD.replace(CARD.get("ana 2", store), Card(START, ("again",))))
    left = sorted(set(ids) - {"ana 1"})
    for _ in range(2):
        assert [each.id for each in CARD.all(store)] == left
        for prefix in ("", "a", "ana", "ana ", "ana 2", "b", "c", "bob 1 "):
            found = [each.id for each in CARD.under(prefix, store)]
            assert found == [each for each in left if each.startswith(prefix)]
        store = reopen()
