"""What `ports.store` promises, for every store."""

import threading
from datetime import timedelta

import pytest

from clawband.audit.merkle import Frontier, leaf_hash
from clawband.audit.tiles import TileReader
from clawband.model.access import Authority, Requester
from clawband.model.approval import ApprovalState, Grant
from clawband.model.control import Control, ControlKind
from clawband.model.deployment import Gateway
from clawband.model.errors import ConflictError, InvariantError, UnavailableError
from clawband.model.event import Tag
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.person import Operator, Role
from clawband.ports import store as port
from tests.contracts.enrolled import STORES
from tests.contracts.writing import REQUEST, approval, event, moved, permit, unit
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
    shop.store.commit(port.Unit([told])).result(WAIT)
    leaf = shop.store.leaf(told.id)
    assert leaf is not None and leaf.event == told
    assert shop.store.leaf("evt_nobody") is None


def test_a_conflict_takes_back_its_own_unit_and_nothing_else(shop):
    shop.put(port.OpenApproval(approval()))
    before = shop.store.size()
    good, bad, also_good = shop.write(
        unit(port.SetControl(Control(ControlKind.TOOL, "exec", "ana", START))),
        unit(
            port.SetControl(Control(ControlKind.AGENT, "lost", "ana", START)),
            port.KeepPayload("sha256:" + "f" * 64, b"lost"),
            port.OpenApproval(approval("apr_2")),
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
    shop.put(port.OpenApproval(approval()))
    assert shop.store.approval_for(REQUEST) == approval()
    with pytest.raises(ConflictError):
        shop.put(port.OpenApproval(approval("apr_2")))
    shop.put(moved(approval(), ApprovalState.EXPIRED, closed=START))
    assert shop.store.approval_for(REQUEST) is None
    shop.put(port.OpenApproval(approval("apr_2")))
    assert shop.store.approval_for(REQUEST) == approval("apr_2")


def test_an_approval_moves_only_from_where_it_is(shop):
    pending = approval()
    shop.put(port.OpenApproval(pending))
    given = Grant("ana", frozenset({"approver"}), 1, START)
    shop.put(moved(pending, ApprovalState.GRANTED, grants=(given,)))
    for late in (ApprovalState.GRANTED, ApprovalState.REFUSED, ApprovalState.EXPIRED):
        with pytest.raises(ConflictError):
            shop.put(moved(pending, late))
    assert shop.store.approval(pending.id).grants == (given,)


def test_the_second_of_two_grants_in_the_same_instant_conflicts(shop):
    pending = approval()
    shop.put(port.OpenApproval(pending))
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
    shop.put(port.OpenApproval(granted))
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


def test_labels_only_rise_and_are_seen_at_once(shop):
    assert shop.store.label("s") is None
    future = shop.store.commit(unit(port.JoinLabel("s", OWNED)))
    assert shop.store.label("s") == OWNED
    future.result(WAIT)
    shop.put(port.JoinLabel("s", OUTSIDE))
    worst = Label(Integrity.OUTSIDE, Confidentiality.CONFIDENTIAL, frozenset({"web", "crm"}))
    assert shop.store.label("s") == worst
    shop.restart()
    assert shop.store.label("s") == worst


def test_a_label_of_a_failed_unit_is_kept_with_the_next_one(shop):
    shop.put(port.OpenApproval(approval()))
    with pytest.raises(ConflictError):
        shop.put(port.JoinLabel("s", OUTSIDE), port.OpenApproval(approval("apr_2")))
    assert shop.store.label("s") == OUTSIDE
    shop.put(port.JoinLabel("s", OUTSIDE))
    shop.restart()
    assert shop.store.label("s") == OUTSIDE


def test_memory_is_rebuilt_after_a_restart(shop):
    gateway = Gateway(name="sample", environment="dev", credential="c" * 64, enrolled=START)
    control = Control(ControlKind.TOOL, "exec", "ana", START, "why")
    shop.put(port.EnrollGateway(gateway), port.SetControl(control), port.OpenApproval(approval()))
    events = [
        permit("message:receive", "Channel::telegram", who="telegram:4242", run="r",
               detail={"authority": "known"}),
        permit(run="r", call="c"),
        permit(run="r", call="d", detail={"preview": True}),
        permit("message:send", "Channel::telegram", session="s", detail={"content": "sha256:t"}),
    ]  # fmt: skip
    shop.store.commit(port.Unit(events)).result(WAIT)
    for _ in range(2):
        store = shop.store
        assert store.gateway("c" * 64) == gateway and store.enrolled() == [gateway]
        assert list(store.controls()) == [control]
        assert store.approval_for(REQUEST) == approval()
        assert store.requester("r") == Requester("telegram:4242", "telegram", Authority.KNOWN)
        assert store.permitted("c", "r").decision == events[1].id
        assert store.permitted("c", "other") is None and store.permitted("", "r") is None
        assert store.calls("r", "sample/desk", START) == (1, 1)
        assert store.reply("s", "sha256:t") == events[3].id
        shop.restart()


def test_only_recent_calls_count_towards_the_minute(shop):
    shop.store.commit(port.Unit([permit(run="r", at=START), permit(run="r", at=START)]))
    shop.store.commit(port.Unit([permit(run="r", at=START + timedelta(seconds=30))])).result(WAIT)
    assert shop.store.calls("r", "sample/desk", START + timedelta(seconds=1)) == (3, 1)


def test_a_delivered_reply_is_delivered_once(shop):
    reply = permit("message:send", "Channel::x", session="s", detail={"content": "t"})
    sent = permit(
        "message:send", "Channel::x", session="s",
        detail={"content": "t", "reasons": ["clawband/delivery"]},
    )  # fmt: skip
    shop.store.commit(port.Unit([reply])).result(WAIT)
    assert shop.store.reply("s", "t") == reply.id
    shop.store.commit(port.Unit([sent])).result(WAIT)
    assert shop.store.reply("s", "t") == ""


def test_a_new_credential_ends_the_old_one(shop):
    for letter in "ab":
        shop.put(
            port.EnrollGateway(
                Gateway(name="sample", environment="dev", credential=letter * 64, enrolled=START)
            )
        )
    assert shop.store.gateway("a" * 64) is None
    assert shop.store.gateway("b" * 64) is not None
    assert len(shop.store.enrolled()) == 1


def test_people_come_and_go(shop):
    ana = Operator(name="ana", roles=frozenset({Role.ADMIN}), aliases=frozenset({"t:1"}),
                   added=START)  # fmt: skip
    signed = port.OpenSession("t" * 64, "ana", "csrf", START, START + timedelta(hours=1))
    shop.put(port.PutOperator(ana, "hash"), signed)
    assert shop.store.operator("ana") == (ana, "hash")
    assert shop.store.session("t" * 64) == signed
    shop.put(port.PutOperator(ana, "other"))
    assert shop.store.session("t" * 64) is None, "a new password ends old sign-ins"
    shop.put(port.OpenSession("u" * 64, "ana", "csrf", START, START))
    shop.put(port.DeleteOperator("ana"))
    assert shop.store.operator("ana") is None and shop.store.session("u" * 64) is None


def test_activations_and_checkpoints_keep_their_order(shop):
    for number in range(3):
        shop.put(port.ActivatePolicy(f"sha256:{number}", "ana", START), events=1)
        shop.put(port.KeepCheckpoint(number + 1, f"note {number}", START))
    assert [each.digest[-1] for each in shop.store.activations()] == ["2", "1", "0"]
    assert [each.size for each in shop.store.checkpoints()] == [1, 2, 3]


def test_payloads_are_given_back_and_only_by_their_digest(shop):
    shop.put(port.KeepPayload("sha256:" + "1" * 64, b"secret"))
    shop.put(port.KeepPayload("sha256:" + "1" * 64, b"secret"))
    assert shop.store.payload("sha256:" + "1" * 64) == b"secret"
    assert shop.store.payload("sha256:" + "2" * 64) is None


def test_a_unit_that_cannot_be_written_leaves_no_trace(shop):
    before = shop.store.size()
    bad = port.Unit(
        [event(who="\ud800")], [port.SetControl(Control(ControlKind.TOOL, "x", "ana", START))]
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
