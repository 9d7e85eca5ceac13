"""Once is once: also for two in the same instant."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.flows.once import index, once, swept
from clawband.model.errors import AuthenticationError, ConflictError
from clawband.ports.unit import Unit
from tests.flows.people import Registry
from tests.simulators.clocks import START

LATER = START + timedelta(minutes=5)


def test_the_second_time_is_refused_and_of_two_at_once_one_conflicts():
    documents = Registry()
    first, second = (once("logout", "iss", "j", until=LATER, documents=documents) for _ in "12")
    documents.commit(Unit([], [first]))
    with pytest.raises(ConflictError):
        documents.commit(Unit([], [second]))
    with pytest.raises(AuthenticationError, match="used before"):
        once("logout", "iss", "j", until=LATER, documents=documents)
    other = once("workload", "iss", "j", until=LATER, documents=documents)
    documents.commit(Unit([], [other]))


def test_it_is_forgotten_when_nobody_could_show_it_again():
    documents = Registry()
    documents.commit(Unit([], [once("logout", "i", "j", until=LATER, documents=documents)]))
    assert swept(documents, LATER - timedelta(seconds=1)) == []
    documents.commit(Unit([], swept(documents, LATER)))
    again = once("logout", "i", "j", until=LATER, documents=documents)
    assert again.document.version == 1


@given(st.lists(st.text(max_size=6), max_size=4), st.lists(st.text(max_size=6), max_size=4))
def test_other_names_have_another_index(left, right):
    assert (index(*left) == index(*right)) == (left == right)
