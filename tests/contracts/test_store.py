"""What `ports.store` promises, for every store."""

import threading
from dataclasses import replace

import pytest

from clawband.audit.merkle import Frontier, leaf_hash
from clawband.audit.tiles import TileReader
from clawband.model.approval import ApprovalState, Grant
from clawband.model.control import Control, ControlKind
from clawband.model.errors import ConflictError, InvariantError, UnavailableError
from clawband.model.event import Tag
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.ports import unit as writes
from tests.contracts.enrolled import STORES
from tests.contracts.writing import REQUEST, approval, event, moved, unit
from tests.simulators.clocks import START

OUTSIDE = Label(Integrity.OUTSIDE, Confidentiality.INTERNAL, frozenset({"web"}))
OWNED = Label(Integrity.SYSTEM, Confidentiality.CONFIDENTIAL, frozenset({"crm"}))
WAIT = 10


class Shop:
    """A store that can be closed and opened again."""

    def __init__(self, make, folder):
        self._make, self._folder = make, folder
        self.store = make(folder)

    def write(self, *units):
        return [self.store.commit(each) for each in units]

    def put(self, *changes, events=1):
        return self.store.commit(unit(*changes, events=events)).result(WAIT)

    def restart(self):
        self.store.close()
        self.store = self._make(self._folder)


@pytest.fixture(params=sorted(STORES))
def shop(request, tmp_path):
    shop = Shop(STORES[request.param], tmp_path)
    yield shop
    shop.store.close()


def root(store):
    size = store.size()
    return Frontier.at(size, TileReader(store.tile, size, store.edge(size)).node).root()


def check_tree(store):
    bodies = list(store.bodies(0, store.size()))
    assert len(bodies) == store.size()
    assert root(store) == Frontier().extend(map(leaf_hash, bodies)).root()


def test_units_are_written_in_the_order_they_were_passed(shop):
    futures = shop.write(*(unit(events=1 + number % 3) for number in range(300)))
    indices = [index for future in futures for index in future.result(WAIT).leaves]
    assert indices == list(range(shop.store.size()))
    check_tree(shop.store)


def test_the_tree_holds_across_tiles_and_restarts(shop):
    for _ in range(3):
        shop.put(events=200)
        shop.restart()
        check_tree(shop.store)
    assert shop.store.size() == 600


def test_events_come_back_as_they_were(shop):
    told = event(Tag.CALL_FINISH, who="a", run="r", detail={"n": [1, "zwölf", True]})
    shop.store.commit(writes.Unit([told])).result(WAIT)
    leaf = shop.store.leaf(told.id)
    assert leaf is not None and leaf.event == told
    assert shop.store.leaf("evt_nobody") is None


def test_a_conflict_takes_back_its_own_unit_and_nothing_else(shop):
    shop.put(writes.OpenApproval(approval()))
    before = shop.store.size()
    good, bad, also_good = shop.write(
        unit(writes.SetControl(Control(ControlKind.TOOL, "exec", "ana", START))),
        unit(
            writes.SetControl(Control(ControlKind.AGENT, "lost", "ana", START)),
            writes.KeepPayload("sha256:" + "f" * 64, b"lost"),
            writes.OpenApproval(approval("apr_2")),
            events=2,
        ),
        unit(),
    )
    assert good.result(WAIT).leaves == (before,)
    assert also_good.result(WAIT).leaves == (before + 1,)
    with pytest.raises(ConflictError):
        bad.result(WAIT)
    for _ in range(2):
        assert [control.id for control in shop.store.controls()] == ["tool:exec"]
        assert shop.store.payload("sha256:" + "f" * 64) is None
        assert shop.store.approval("apr_2") is None
        check_tree(shop.store)
        shop.restart()


def test_an_approval_is_open_once_per_request(shop):
    shop.put(writes.OpenApproval(approval()))
    assert shop.store.approval_for(REQUEST) == approval()
    with pytest.raises(ConflictError):
        shop.put(writes.OpenApproval(approval("apr_2")))
    shop.put(moved(approval(), ApprovalState.EXPIRED, closed=START))
    assert shop.store.approval_for(REQUEST) is None
    shop.put(writes.OpenApproval(approval("apr_2")))
    assert shop.store.approval_for(REQUEST) == approval("apr_2")


def test_an_approval_moves_only_from_where_it_is(shop):
    pending = approval()
    shop.put(writes.OpenApproval(pending))
    given = Grant("ana", frozenset({"approver"}), 1, START)
    shop.put(moved(pending, ApprovalState.GRANTED, grants=(given,)))
    for late in (ApprovalState.GRANTED, ApprovalState.REFUSED, ApprovalState.EXPIRED):
        with pytest.raises(ConflictError):
            shop.put(moved(pending, late))
    assert shop.store.approval(pending.id).grants == (given,)


def test_an_approval_may_be_bound_to_something_else_that_nothing_waits_for(shop):
    other = "sha256:" + "b" * 64
    by = Grant("bo", frozenset({"approver"}), 1, START, "ana")
    shop.put(writes.OpenApproval(approval()))
    shop.put(writes.OpenApproval(approval("apr_2", other)))
    rebound = replace(moved(approval(), ApprovalState.PENDING, request=other), request=REQUEST)
    with pytest.raises(ConflictError):
        shop.put(rebound)
    assert shop.store.approval_for(REQUEST) == approval()
    shop.put(moved(approval("apr_2", other), ApprovalState.REFUSED, closed=START))
    rebound = moved(approval(), ApprovalState.GRANTED, request=other, grants=(by,))
    shop.put(replace(rebound, request=REQUEST))
    assert shop.store.approval_for(REQUEST) is None
    assert shop.store.approval_for(other) == shop.store.approval(approval().id) == rebound.approval


def test_the_second_of_two_grants_in_the_same_instant_conflicts(shop):
    pending = approval()
    shop.put(writes.OpenApproval(pending))
    one, two = (
        moved(pending, ApprovalState.PENDING, grants=(Grant(who, frozenset(), 1, START),))
        for who in ("ana", "bob")
    )
    first, second = shop.write(unit(one), unit(two))
    first.result(WAIT)
    with pytest.raises(ConflictError):
        second.result(WAIT)
    assert [grant.by for grant in shop.store.approval(pending.id).grants] == ["ana"]


def test_many_threads_spend_an_approval_once(shop):
    granted = approval(state=ApprovalState.GRANTED)
    shop.put(writes.OpenApproval(granted))
    start, outcomes = threading.Barrier(8), []

    def spend():
        start.wait()
        future = shop.store.commit(unit(moved(granted, ApprovalState.SPENT)))
        outcomes.append(future.exception(WAIT))

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(each).__name__ for each in outcomes) == ["ConflictError"] * 7 + ["NoneType"]


def test_a_unit_that_cannot_be_written_leaves_no_trace(shop):
    before = shop.store.size()
    bad = writes.Unit(
        [event(who="\ud800")],
        [writes.SetControl(Control(ControlKind.TOOL, "x", "ana", START))],
    )
    good, broken, after = shop.write(unit(), bad, unit())
    with pytest.raises(InvariantError):
        broken.result(WAIT)
    assert (good.result(WAIT).leaves, after.result(WAIT).leaves) == ((before,), (before + 1,))
    assert list(shop.store.controls()) == []


def test_who_stops_waiting_does_not_stop_the_write(shop):
    future = shop.store.commit(unit())
    assert not future.cancel()
    assert shop.put().leaves == (1,)


def test_watchers_see_every_durable_leaf_and_a_broken_one_is_dropped(shop):
    seen, calls = [], []

    def broken(leaves):
        calls.append(leaves)
        raise RuntimeError("broken")

    end = shop.store.subscribe(lambda leaves: seen.extend(leaf.index for leaf in leaves))
    shop.store.subscribe(broken)
    shop.put(events=3)
    shop.put()
    assert _until(lambda: seen == [0, 1, 2, 3]) and len(calls) == 1
    end()
    shop.put()
    assert seen == [0, 1, 2, 3]


def test_a_closed_store_says_so(shop):
    store = shop.store
    pending = [store.commit(unit()) for _ in range(20)]
    store.close()
    assert [future.result(WAIT).leaves for future in pending] == [(n,) for n in range(20)]
    with pytest.raises(UnavailableError):
        store.commit(unit()).result(WAIT)
    shop.restart()


def _until(true, seconds=5.0):
    gone = threading.Event()
    for _ in range(int(seconds * 100)):
        if true():
            return True
        gone.wait(0.01)
    return bool(true())
