"""What `Records.find` promises, for every store."""

from datetime import timedelta

import pytest

from clawband.model.event import Tag
from clawband.ports.store import Query
from clawband.ports.unit import Unit
from tests.contracts.enrolled import STORES
from tests.contracts.writing import event, permit
from tests.simulators.clocks import START


@pytest.fixture(params=sorted(STORES))
def store(request, tmp_path):
    store = STORES[request.param](tmp_path)
    store.commit(
        Unit(
            [
                event(Tag.SERVER_START, at=START, outcome="started"),
                permit(resource="Tool::crm_read", run="r1", call="c1", session="s1", at=START),
                permit(resource="Tool::100%", run="r1", session="s2", at=START),
                event(Tag.CALL_FINISH, run="r2", cause="dec_1", at=START + timedelta(minutes=1)),
            ]
        )
    ).result(10)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), [3, 2, 1, 0]),
        (Query(limit=2), [3, 2]),
        (Query(before=2), [1, 0]),
        (Query(tags=frozenset({Tag.SERVER_START, Tag.CALL_FINISH})), [3, 0]),
        (Query(run="r1"), [2, 1]),
        (Query(run="r1", session="s2"), [2]),
        (Query(call="c1"), [1]),
        (Query(cause="dec_1"), [3]),
        (Query(since=START + timedelta(seconds=1)), [3]),
        (Query(text="CRM"), [1]),
        (Query(text="crm s1"), [1]),
        (Query(text="crm s2"), []),
        (Query(text="%"), [2]),
        (Query(text="_"), [3, 2, 1, 0]),  # the ids have one; it is no wildcard
        (Query(text="' OR 1=1 --"), []),
        (Query(outcome="nothing"), []),
    ],
)
def test_find(store, query, found):
    assert [leaf.index for leaf in store.find(query)] == found
