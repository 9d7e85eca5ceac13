"""Two people for one change: neither alone, and once."""

from datetime import timedelta

import pytest

from clawband.audit.entry import encode
from clawband.flows import elevate, propose
from clawband.identity.proposal import LIFE, Stage, What
from clawband.model.errors import AuthenticationError, ConflictError, NotFoundError
from clawband.model.person import Role
from tests.flows.people import Registry
from tests.simulators.clocks import START, CountedEntropy

ENTROPY = CountedEntropy()
LATER = START + timedelta(minutes=1)


@pytest.fixture
def office():
    found = Registry()
    found.employ("ana", Role.ADMIN, aliases=("telegram:1",))
    found.employ("bo", Role.APPROVER)
    found.employ("cleo", Role.BUILDER)
    return found


def made(office, by="ana", what=What.REMOVE, now=START):
    content = {"name": "vi"} if what is What.REMOVE else {"set": "sha256:1", "base": ""}
    one, unit = propose.propose(
        what, content, " she left ", office.signed(by) if isinstance(by, str) else by,
        documents=office, now=now, entropy=ENTROPY.bytes(96),
    )  # fmt: skip
    return one, office.commit(unit)


def agree(office, one, by, now=LATER, digest=""):
    signed = office.signed(by) if isinstance(by, str) else by
    return propose.agree(
        one.id, digest or one.digest, signed, store=office, now=now, entropy=ENTROPY.bytes(96)
    )


def test_both_steps_are_recorded_with_the_exact_content(office):
    one, first = made(office)
    done, unit = agree(office, one, "bo")
    office.commit(unit)
    events = [first.events[0], unit.events[0]]
    assert [(each.tag, each.who, each.outcome) for each in events] == [
        ("proposal:open", "ana", "open"), ("proposal:agree", "bo", "done"),
    ]  # fmt: skip
    assert {each.detail["content"] for each in events} == {'{"name":"vi"}'}
    assert {each.detail["digest"] for each in events} == {one.digest}
    assert done.stage is Stage.DONE and all(encode(each, 0) for each in events)


def test_two_who_agree_at_once_are_one(office):
    office.employ("dan", Role.ADMIN)
    one, _ = made(office)
    units = [agree(office, one, by)[1] for by in ("bo", "dan")]
    office.commit(units[0])
    with pytest.raises(ConflictError):
        office.commit(units[1])
    with pytest.raises(ConflictError, match="done already"):
        agree(office, one, "dan")


def test_who_may_neither_propose_nor_agree(office):
    for by in ("bo", "cleo", office.signed("ana", service=True)):
        with pytest.raises(AuthenticationError):
            made(office, by)
    one, _ = made(office)
    office.employ("ana2", Role.ADMIN, aliases=("telegram:1",))
    lent = office.signed("cleo", Role.APPROVER)
    for by in ("ana", "ana2", "cleo", lent, office.signed("bo", service=True)):
        with pytest.raises(AuthenticationError):
            agree(office, one, by)
    with pytest.raises(NotFoundError):
        propose.agree("chg_none", "", office.signed("bo"), store=office, now=LATER,
                      entropy=ENTROPY.bytes(96))  # fmt: skip


def test_who_proposed_must_still_be_allowed_to(office):
    one, _ = made(office, "cleo", What.ACTIVATE)
    office.employ("cleo", Role.VIEWER)
    with pytest.raises(ConflictError, match="no longer"):
        agree(office, one, "bo")
    del office.accounts["cleo"]
    with pytest.raises(ConflictError, match="no longer"):
        agree(office, one, "bo")


def test_a_lent_right_to_propose_counts_while_it_is_lent(office):
    asked, unit = elevate.ask(Role.BUILDER, "release", 30, office.signed("bo"),
                              documents=office, now=START, entropy=ENTROPY.bytes(96))  # fmt: skip
    office.commit(unit)
    _, unit = elevate.grant(asked.id, office.signed("ana"), store=office, now=START,
                            entropy=ENTROPY.bytes(96))  # fmt: skip
    office.commit(unit)
    bo = elevate.lifted(office.signed("bo"), office, START)
    one, _ = made(office, bo, What.ACTIVATE)
    assert agree(office, one, "ana")[0].stage is Stage.DONE
    with pytest.raises(ConflictError, match="no longer"):
        agree(office, one, "ana", START + timedelta(minutes=30))


def test_refused_by_another_withdrawn_by_oneself(office):
    def close(by):
        one, _ = made(office)
        closed, unit = propose.refuse(one.id, office.signed(by), " no ", documents=office,
                                      now=LATER, entropy=ENTROPY.bytes(96))  # fmt: skip
        office.commit(unit)
        return closed

    assert (close("bo").stage, close("bo").reason) == (Stage.REFUSED, "no")
    assert close("ana").stage is Stage.WITHDRAWN
    with pytest.raises(AuthenticationError):
        close("cleo")


def test_what_nobody_answers_lapses_and_old_ones_make_room(office):
    one, _ = made(office)
    assert not propose.over(office, now=START + LIFE - timedelta(seconds=1), entropy=b"").events
    unit = office.commit(propose.over(office, now=START + LIFE, entropy=ENTROPY.bytes(96)))
    assert [(each.outcome, each.who) for each in unit.events] == [("lapsed", "")]
    for number in range(propose.KEPT + 5):
        now = START + LIFE + timedelta(hours=number)
        other, _ = made(office, now=now)
        _, unit = propose.refuse(other.id, office.signed("bo"), "", documents=office, now=now,
                                 entropy=ENTROPY.bytes(96))  # fmt: skip
        office.commit(unit)
    assert len(propose.KIND.all(office)) == propose.KEPT + 1
    assert propose.KIND.find(one.id, office) is None
