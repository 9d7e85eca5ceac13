"""What memory and the tables of a store promise, for every store."""

from datetime import timedelta

import pytest

from clawband.model.access import Authority, Requester, scoped
from clawband.model.control import Control, ControlKind
from clawband.model.deployment import Gateway
from clawband.model.errors import ConflictError
from clawband.model.event import Tag
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.model.person import Operator, Role
from clawband.ports import unit as writes
from tests.contracts.test_store import OUTSIDE, OWNED, shop
from tests.contracts.writing import REQUEST, approval, event, permit, unit
from tests.simulators.clocks import START

__all__ = ["shop"]
WAIT = 10


def test_labels_only_rise_and_are_seen_at_once(shop):
    assert shop.store.label("s") is None
    future = shop.store.commit(unit(writes.JoinLabel("s", OWNED)))
    assert shop.store.label("s") == OWNED
    future.result(WAIT)
    shop.put(writes.JoinLabel("s", OUTSIDE))
    worst = Label(Integrity.OUTSIDE, Confidentiality.CONFIDENTIAL, frozenset({"web", "crm"}))
    assert shop.store.label("s") == worst
    shop.restart()
    assert shop.store.label("s") == worst


def test_a_label_of_a_failed_unit_is_kept_with_the_next_one(shop):
    shop.put(writes.OpenApproval(approval()))
    with pytest.raises(ConflictError):
        shop.put(writes.JoinLabel("s", OUTSIDE), writes.OpenApproval(approval("apr_2")))
    assert shop.store.label("s") == OUTSIDE
    shop.put(writes.JoinLabel("s", OUTSIDE))
    shop.restart()
    assert shop.store.label("s") == OUTSIDE


def test_memory_is_rebuilt_after_a_restart(shop):
    gateway = Gateway(name="sample", environment="dev", credential="c" * 64, enrolled=START)
    control = Control(ControlKind.TOOL, "exec", "ana", START, "why")
    shop.put(
        writes.EnrollGateway(gateway),
        writes.SetControl(control),
        writes.OpenApproval(approval()),
    )
    events = [
        permit("message:receive", "Channel::telegram", who="telegram:4242", run="r",
               session="s", trace="t", detail={"authority": "known"}),
        permit(run="r", call="c"),
        permit(run="r", call="d", detail={"preview": True}),
        permit("message:send", "Channel::telegram", session="s", detail={"content": "sha256:t"}),
    ]  # fmt: skip
    shop.store.commit(writes.Unit(events)).result(WAIT)
    for _ in range(2):
        store = shop.store
        assert store.gateway("c" * 64) == gateway and store.enrolled() == [gateway]
        assert list(store.controls()) == [control]
        assert store.approval_for(REQUEST) == approval()
        assert store.requester("sample/r") == Requester(
            "telegram:4242", "telegram", Authority.KNOWN
        )
        assert store.permitted("sample/c", "sample/r").decision == events[1].id
        assert store.permitted("sample/c", "sample/other") is None
        assert store.permitted("", "sample/r") is None
        assert store.calls("sample/r", "sample/desk", START) == (1, 1)
        assert store.reply("sample/s", "sha256:t") == events[3].id
        assert store.acted("sample/t") == {"sample/s"} and store.acted("other/t") == frozenset()
        shop.restart()


def test_two_gateways_with_the_same_names_have_nothing_in_common(shop):
    """Whoever holds the credential of one cannot borrow what the other was permitted."""
    for run, session, call in (("r", "s", "c"), ("", "", "c")):
        events = [
            permit("message:receive", "Channel::telegram", who="telegram:4242", run=run,
                   session=session, gateway="one", detail={"authority": "owner"}),
            permit(run=run, call=call, session=session, gateway="one"),
            permit("message:send", "Channel::x", session=session, gateway="one",
                   detail={"content": "t"}),
            event(Tag.DECISION_DENY, action="message:receive", session=session, gateway="one"),
        ]  # fmt: skip
        label = writes.JoinLabel(scoped("one", session), OWNED)
        shop.store.commit(writes.Unit(events, [label] if session else [])).result(WAIT)
    for _ in range(2):
        store = shop.store
        assert store.label("one/s") == OWNED and store.label("two/s") is None
        for session, run, call in (("two/s", "two/r", "two/c"), ("s", "r", "c"), ("", "", "")):
            assert store.requester(run) is None and store.requester(session) is None
            assert store.permitted(call, run) is None
            assert store.permitted("two/c", "") is None
            assert store.calls(run, "two/desk", START) == (0, 0)
            assert store.reply(session, "t") == "" and store.refused(session) == ""
        assert store.permitted("one/c", "one/r") and store.permitted("one/c", "")
        assert store.reply("one/s", "t") and store.refused("one/s") and store.requester("one/r")
        shop.restart()


def test_a_permitted_call_says_what_it_reads_from(shop):
    detail = {"named": ["example.com", "notes.md"], "referred": True}
    shop.store.commit(
        writes.Unit([permit(run="r", call="c", detail=detail), permit(run="r", call="d")])
    ).result(WAIT)
    for _ in range(2):
        named = shop.store.permitted("sample/c", "sample/r")
        assert named.named == {"example.com", "notes.md"} and named.referred
        plain = shop.store.permitted("sample/d", "sample/r")
        assert plain.named == frozenset() and not plain.referred
        shop.restart()


def test_an_expired_sign_in_is_gone_with_the_next_one(shop):
    def signed(token, opened):
        return writes.OpenSession(token * 64, "ana", "csrf", opened, opened + timedelta(hours=12))

    old, newer = signed("o", START), signed("n", START + timedelta(hours=1))
    shop.put(old, newer)
    shop.put(signed("l", START + timedelta(hours=12)))
    assert shop.store.session("o" * 64) is None
    assert shop.store.session("n" * 64) == newer
    assert shop.store.session("l" * 64) is not None


def test_only_recent_calls_count_towards_the_minute(shop):
    shop.store.commit(writes.Unit([permit(run="r", at=START), permit(run="r", at=START)]))
    shop.store.commit(writes.Unit([permit(run="r", at=START + timedelta(seconds=30))])).result(WAIT)
    assert shop.store.calls("sample/r", "sample/desk", START + timedelta(seconds=1)) == (3, 1)


def test_a_delivered_reply_is_delivered_once(shop):
    reply = permit("message:send", "Channel::x", session="s", detail={"content": "t"})
    sent = permit(
        "message:send", "Channel::x", session="s",
        detail={"content": "t", "reasons": ["clawband/delivery"]},
    )  # fmt: skip
    shop.store.commit(writes.Unit([reply])).result(WAIT)
    assert shop.store.reply("sample/s", "t") == reply.id
    shop.store.commit(writes.Unit([sent])).result(WAIT)
    assert shop.store.reply("sample/s", "t") == ""


def test_a_new_credential_ends_the_old_one(shop):
    for letter in "ab":
        shop.put(
            writes.EnrollGateway(
                Gateway(name="sample", environment="dev", credential=letter * 64, enrolled=START)
            )
        )
    assert shop.store.gateway("a" * 64) is None
    assert shop.store.gateway("b" * 64) is not None
    assert len(shop.store.enrolled()) == 1


def test_a_gateway_is_removed_only_as_it_was_seen(shop):
    old, new = (
        Gateway(name="sample", environment="dev", credential=letter * 64, enrolled=START)
        for letter in "ab"
    )
    shop.put(writes.EnrollGateway(old))
    shop.put(writes.EnrollGateway(new))
    with pytest.raises(ConflictError):
        shop.put(writes.RemoveGateway(old))
    assert shop.store.gateway("b" * 64) == new
    shop.put(writes.RemoveGateway(new))
    assert shop.store.gateway("b" * 64) is None and shop.store.enrolled() == []
    with pytest.raises(ConflictError):
        shop.put(writes.RemoveGateway(new))


def test_people_come_and_go(shop):
    ana = Operator(name="ana", roles=frozenset({Role.ADMIN}), aliases=frozenset({"t:1"}),
                   added=START)  # fmt: skip
    signed = writes.OpenSession("t" * 64, "ana", "csrf", START, START + timedelta(hours=1))
    shop.put(writes.PutOperator(ana, "hash"), signed)
    assert shop.store.operator("ana") == (ana, "hash")
    assert shop.store.session("t" * 64) == signed
    shop.put(writes.PutOperator(ana, "other"))
    assert shop.store.session("t" * 64) is None, "a new password ends old sign-ins"
    shop.put(writes.OpenSession("u" * 64, "ana", "csrf", START, START))
    shop.put(writes.DeleteOperator("ana"))
    assert shop.store.operator("ana") is None and shop.store.session("u" * 64) is None


def test_a_sign_in_by_a_password_that_was_replaced_is_none(shop):
    ana = Operator(name="ana", roles=frozenset({Role.ADMIN}), added=START)
    for hashed, name in (("old", "ana"), ("hash", "bob"), ("", "bob")):
        shop.put(writes.PutOperator(ana, "hash"))
        signed = writes.OpenSession("t" * 64, "ana", "csrf", START, START + timedelta(hours=1))
        with pytest.raises(ConflictError):
            shop.put(signed, writes.SamePassword(name, hashed))
        assert shop.store.session("t" * 64) is None
    shop.put(signed, writes.SamePassword("ana", "hash"))
    assert shop.store.session("t" * 64) == signed


def test_activations_and_checkpoints_keep_their_order(shop):
    for number in range(3):
        shop.put(writes.ActivatePolicy(f"sha256:{number}", "ana", START), events=1)
        shop.put(writes.KeepCheckpoint(number + 1, f"note {number}", START))
    assert [each.digest[-1] for each in shop.store.activations()] == ["2", "1", "0"]
    assert [each.size for each in shop.store.checkpoints()] == [1, 2, 3]


def test_payloads_are_given_back_and_only_by_their_digest(shop):
    shop.put(writes.KeepPayload("sha256:" + "1" * 64, b"secret"))
    shop.put(writes.KeepPayload("sha256:" + "1" * 64, b"secret"))
    assert shop.store.payload("sha256:" + "1" * 64) == b"secret"
    assert shop.store.payload("sha256:" + "2" * 64) is None
