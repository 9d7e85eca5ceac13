"""What a store promises of who there is: nobody is known a moment longer than they may be."""

import threading
import time
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clawband.model.approval import ApprovalState as State
from clawband.model.deployment import Gateway
from clawband.model.person import Operator, Role
from clawband.ports import unit as writes
from tests.contracts.enrolled import STORES
from tests.contracts.test_store import shop
from tests.contracts.writing import approval, moved, unit
from tests.simulators.clocks import START

__all__ = ["shop"]
WAIT = 10
NAMES = ("ana", "bob")
TOKENS = tuple(letter * 64 for letter in "abcd")


def account(name, role=Role.VIEWER):
    return Operator(name=name, roles=frozenset({role}), added=START)


def opened(token, name="ana", minute=0, life=30):
    at = START + timedelta(minutes=minute)
    return writes.OpenSession(token, name, "c" * 64, at, at + timedelta(minutes=life))


def gateway(name, credential):
    return Gateway(name=name, environment="dev", credential=credential, enrolled=START)


names, tokens = st.sampled_from(NAMES), st.sampled_from(TOKENS)
minutes = st.integers(0, 60)
CHANGES = st.one_of(
    st.builds(writes.PutOperator, st.builds(account, names, st.sampled_from(Role)), st.text("h")),
    st.builds(writes.DeleteOperator, names),
    st.builds(opened, tokens, names, minutes, st.integers(1, 30)),
    st.builds(writes.CloseSession, tokens),
    st.builds(writes.EnrollGateway, st.builds(gateway, names, tokens)),
)


def people(store):
    """Everything there is to know of them."""
    return (
        list(store.operators()), list(store.enrolled()),
        [(store.operator(name), store.person(name)) for name in NAMES],
        [sorted(each.token for each in store.sessions(name)) for name in NAMES],
        [(store.session(token), store.gateway(token)) for token in TOKENS],
    )  # fmt: skip


@pytest.mark.parametrize("make", STORES.values(), ids=STORES)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=st.lists(CHANGES, min_size=1, max_size=12))
def test_what_is_known_is_what_is_written(make, changes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    store = make(folder)
    for change in changes:
        if not clashes(change, store):
            store.commit(unit(change, events=0)).result(WAIT)
    known = people(store)
    store.close()
    store = make(folder)
    assert people(store) == known
    store.close()


def clashes(change, store):
    """What no flow writes: a sign-in or a credential twice, a sign-in of nobody."""
    match change:
        case writes.OpenSession(token, operator):
            return store.session(token) is not None or store.person(operator) is None
        case writes.EnrollGateway(one):
            there = store.gateway(one.credential)
            return there is not None and there.name != one.name
    return False


@pytest.mark.parametrize(
    "end",
    [
        writes.CloseSession(TOKENS[0]),
        writes.DeleteOperator("ana"),
        writes.PutOperator(account("ana", Role.ADMIN), "other"),
    ],
)
def test_nobody_is_known_by_what_was_revoked(shop, end):
    """Others ask all the time, on several threads; whoever began to ask after the answer to the
    revocation finds nothing."""
    store, stop, stale, asked = shop.store, threading.Event(), [], [0]
    ended = [0]

    def ask():
        while not stop.is_set():
            before = ended[0]
            known = store.session(TOKENS[0])
            asked[0] += known is not None
            if known is not None and known.csrf == f"{before - 1:064d}":
                stale.append(before)
            time.sleep(0)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for each in threads:
        each.start()
    try:
        for number in range(15):
            shop.put(writes.PutOperator(account("ana"), "hash"))
            at = START + timedelta(hours=number)
            until = at + timedelta(minutes=9)
            shop.put(writes.OpenSession(TOKENS[0], "ana", f"{number:064d}", at, until))
            patience = time.monotonic() + WAIT
            while not asked[0]:  # the threads begin when the machine has time for them
                assert time.monotonic() < patience, "nobody asked"
                time.sleep(0.001)
            shop.put(end)
            ended[0] = number + 1
            assert store.session(TOKENS[0]) is None and not store.sessions("ana")
    finally:
        stop.set()
        for each in threads:
            each.join()
    assert not stale


def test_what_is_open_is_the_same_from_memory_and_after_a_restart(shop):
    for number in range(6):
        at = START + timedelta(minutes=number)
        shop.put(writes.OpenApproval(approval(f"apr_{number}", f"sha256:{number}", opened=at)))
    for number, state in enumerate((State.GRANTED, State.REFUSED, State.EXPIRED)):
        at = START + timedelta(minutes=number)
        was = approval(f"apr_{number}", f"sha256:{number}", opened=at)
        shop.put(moved(was, state))

    def listed(*states, limit=200):
        return [each.id for each in shop.store.approvals(frozenset(states), limit)]

    for _ in range(2):
        assert listed(State.PENDING) == ["apr_5", "apr_4", "apr_3"]
        assert listed(State.PENDING, limit=2) == ["apr_5", "apr_4"]
        assert listed(State.PENDING, State.GRANTED) == ["apr_5", "apr_4", "apr_3", "apr_0"]
        assert listed(*State) == [f"apr_{number}" for number in (5, 4, 3, 2, 1, 0)]
        assert listed(State.REFUSED, State.EXPIRED, limit=1) == ["apr_2"]
        shop.restart()
