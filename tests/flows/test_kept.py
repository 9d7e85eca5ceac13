"""Documents as values: what is put is what is got, under its own kind and version."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from clawband.adapters.stores.memory import Memory
from clawband.flows.kept import Kept, Kind
from clawband.model.errors import NotFoundError
from clawband.model.person import Role
from clawband.ports.unit import DropDocument, PutDocument
from tests.simulators.clocks import START


@dataclass(frozen=True)
class Card:
    at: datetime
    roles: frozenset[Role] = frozenset()


CARD = Kind("card", Card)


@pytest.fixture
def documents():
    return Memory(cold=None)


def test_a_value_comes_back_as_it_was_put(documents):
    card = Card(START, frozenset({Role.ADMIN, Role.VIEWER}))
    documents.change(CARD.new("a", card))
    assert CARD.find("a", documents) == Kept("a", 1, card)
    assert CARD.all(documents) == [Kept("a", 1, card)]
    assert Kind("other", Card).find("a", documents) is None


def test_what_is_somebodys_is_found_by_how_its_id_begins(documents):
    for place in ("ana 1", "ana 2", "anastasia 1"):
        documents.change(CARD.new(place, Card(START)))
    assert [each.id for each in CARD.under("ana ", documents)] == ["ana 1", "ana 2"]


def test_what_replaces_or_drops_it_names_the_version_that_was_seen():
    was = Kept("a", 3, Card(START))
    put, drop = CARD.replace(was, Card(START)), CARD.drop(was)
    assert isinstance(put, PutDocument) and put.document.version == 4
    assert drop == DropDocument("card", "a", 3)


def test_what_is_not_there_is_named_with_what_to_do(documents):
    with pytest.raises(NotFoundError, match="there is no card `a`") as refused:
        CARD.get("a", documents, remedy="list them")
    assert refused.value.remedy == "list them"
