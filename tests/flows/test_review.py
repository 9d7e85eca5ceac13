"""Access reviews: everybody is asked about, nobody about themselves, and no is no at once."""

from datetime import timedelta

import pytest

from clawband.flows import accounts, review
from clawband.flows.accounts import Doing
from clawband.identity.review import KEPT, Verdict
from clawband.model.errors import AuthenticationError, ConflictError, InputError, NotFoundError
from clawband.model.person import Operator, Role
from clawband.ports.unit import PutOperator, Unit
from tests.contracts.enrolled import STORES
from tests.simulators.clocks import START, CountedEntropy

ENTROPY = CountedEntropy()
PEOPLE = {"ana": {"admin", "approver"}, "bo": {"auditor"}, "cleo": {"builder"}}


def doing(by="ana", **later):
    return Doing(by=by, now=START + timedelta(**later), entropy=ENTROPY.bytes(96))


@pytest.fixture
def store(tmp_path):
    opened = STORES["sqlite"](tmp_path)
    for name, roles in PEOPLE.items():
        operator = Operator(name=name, roles=frozenset(map(Role, roles)), added=START)
        write(opened, Unit([], [PutOperator(operator, f"hash of {name}")]))
    write(opened, accounts.add("ci", "cleo", "deploys", store=opened, doing=doing())[1])
    yield opened
    opened.close()


def write(store, unit):
    store.commit(unit).result(10)


def key(store):
    made = accounts.add_key("ci", ["look"], 90, store=store, doing=doing())
    write(store, made.unit)
    return made


def opened(store, by="bo", **later):
    kept, unit = review.open_(14, store=store, last=lambda *_: None, doing=doing(by, **later))
    write(store, unit)
    return kept.id


def decide(store, id, item, verdict, by="bo", note=""):
    done, unit = review.decide(id, item, Verdict(verdict), note, store=store, doing=doing(by))
    write(store, unit)
    return done, unit


def stands(store, id):
    return {each.item.id: each for each in review.shown(id, store)[1]}


def test_everybody_every_role_every_account_and_every_key_is_asked_about(store):
    made = key(store)
    found = stands(store, opened(store))
    assert set(found) == {
        "person:ana", "role:ana:admin", "role:ana:approver", "person:bo", "role:bo:auditor",
        "person:cleo", "role:cleo:builder", "account:ci", f"key:{made.id}",
    }  # fmt: skip
    assert found["account:ci"].item.of == found[f"key:{made.id}"].item.of == "cleo"
    assert found[f"key:{made.id}"].item.about == "ci: look"
    assert all(each.open for each in found.values())


def test_one_review_at_a_time_and_it_ends_some_day(store):
    for days in (0, 61):
        with pytest.raises(InputError):
            review.open_(days, store=store, last=lambda *_: None, doing=doing())
    opened(store)
    with pytest.raises(ConflictError, match="is open"):
        opened(store)


def test_kept_stays_and_the_record_says_who_and_why(store):
    named = opened(store)
    done, unit = decide(store, named, "role:cleo:builder", "keep", note="builds the shop")
    (told,) = unit.events
    assert (told.tag, told.outcome, told.who) == ("review:decide", "keep", "bo")
    assert told.detail == {"item": "role:cleo:builder", "note": "builds the shop", "person": "cleo"}
    assert done.event == told.id and store.operator("cleo")
    with pytest.raises(ConflictError, match="`bo` decided keep already"):
        decide(store, named, "role:cleo:builder", "keep", by="ana")
    decide(store, named, "person:cleo", "keep")
    decide(store, named, "person:cleo", "revoke", by="ana")
    assert store.operator("cleo") is None, "what was kept may still be revoked"
    with pytest.raises(ConflictError):
        decide(store, named, "person:cleo", "keep")


def test_a_role_and_a_key_of_one_environment_are_asked_about_with_it(store):
    olga = Operator(
        name="olga", roles=frozenset({"approver@dev", "approver@production"}), added=START
    )
    write(store, Unit([], [PutOperator(olga, "hash")]))
    made = accounts.add_key("ci", ["stop"], 1, "dev", store=store, doing=doing())
    write(store, made.unit)
    named = opened(store)
    assert stands(store, named)[f"key:{made.id}"].item.about == "ci: stop in dev"
    decide(store, named, "role:olga:approver@production", "revoke")
    assert store.operator("olga")[0].roles == {"approver@dev"}
    assert stands(store, named)["role:olga:approver@dev"].open


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("item", ["person:bo", "role:bo:auditor"])
def test_nobody_reviews_their_own(store, item, verdict):
    named = opened(store)
    with pytest.raises(AuthenticationError, match="their own"):
        decide(store, named, item, verdict)
    assert stands(store, named)[item].open


def test_nor_the_account_they_answer_for_nor_its_keys(store):
    made, named = key(store), opened(store)
    for item in ("account:ci", f"key:{made.id}"):
        with pytest.raises(AuthenticationError):
            decide(store, named, item, "keep", by="cleo")


def test_nor_does_it_help_to_hand_the_account_over_in_between(store):
    made, named = key(store), opened(store)
    write(store, accounts.give("ci", "bo", store=store, doing=doing())[1])
    for item in ("account:ci", f"key:{made.id}"):
        for by in ("cleo", "bo"):
            with pytest.raises(AuthenticationError):
                decide(store, named, item, "keep", by=by)
        decide(store, named, item, "keep", by="ana")


def test_a_revoked_role_is_gone_at_once_with_the_sign_ins_that_had_it(store):
    named = opened(store)
    with pytest.raises(ConflictError, match="last administrator"):
        decide(store, named, "role:ana:admin", "revoke")
    _, unit = decide(store, named, "role:ana:approver", "revoke")
    operator, password = store.operator("ana")
    assert operator.roles == {Role.ADMIN} and password == "hash of ana"
    assert [each.tag for each in unit.events] == ["review:decide", "operator:change"]
    assert unit.events[1].cause == unit.events[0].id
    assert len({each.id for each in unit.events}) == 2


def test_the_last_administrator_and_the_last_role_stay(store):
    named = opened(store)
    for item, said in (
        ("person:ana", "last administrator"),
        ("role:ana:admin", "last administrator"),
        ("role:cleo:builder", "only role"),
    ):
        with pytest.raises(ConflictError, match=said):
            decide(store, named, item, "revoke")
    assert stands(store, named)["person:ana"].open


def test_a_revoked_person_leaves_nothing_to_decide_of_their_roles(store):
    named = opened(store)
    decide(store, named, "person:cleo", "revoke")
    now = stands(store, named)
    assert now["role:cleo:builder"].gone and not now["role:cleo:builder"].open
    assert not now["account:ci"].gone, "what they answered for is still somebody's decision"


def test_revoked_keys_and_accounts_open_nothing(store):
    made, named = key(store), opened(store)
    decide(store, named, f"key:{made.id}", "revoke")
    with pytest.raises(AuthenticationError):
        accounts.who(made.secret, store=store, now=START)
    other = key(store)
    decide(store, named, "account:ci", "revoke")
    with pytest.raises(AuthenticationError):
        accounts.who(other.secret, store=store, now=START)


def test_two_reviewers_at_once_decide_once(store):
    named = opened(store)
    units = [
        review.decide(named, "person:cleo", verdict, "", store=store, doing=doing(by))[1]
        for by, verdict in (("ana", Verdict.KEEP), ("bo", Verdict.REVOKE))
    ]
    write(store, units[0])
    with pytest.raises(ConflictError):
        write(store, units[1])
    assert store.operator("cleo"), "nothing of the second one happened"


def test_it_closes_only_when_all_is_decided_and_then_nothing_is(store):
    named = opened(store)
    with pytest.raises(ConflictError, match="8 of 8"):
        review.close(named, store=store, doing=doing())
    for each in stands(store, named).values():
        decide(store, named, each.item.id, "keep", by="bo" if each.item.of != "bo" else "ana")
    unit = review.close(named, store=store, doing=doing())
    write(store, unit)
    assert unit.events[0].detail == {"kept": 8, "revoked": 0, "gone": 0}
    with pytest.raises(ConflictError, match="closed"):
        decide(store, named, "person:cleo", "revoke")
    with pytest.raises(ConflictError, match="closed"):
        review.close(named, store=store, doing=doing())


def test_what_is_not_there_is_said_to_be_missing(store):
    named = opened(store)
    with pytest.raises(NotFoundError):
        decide(store, named, "person:nobody", "keep")
    with pytest.raises(NotFoundError):
        decide(store, "rev_none", "person:ana", "keep")
    with pytest.raises(NotFoundError, match="no review"):
        review.shown("rev_none", store)


def test_the_next_one_is_due_a_month_after_the_last(store):
    day = timedelta(days=1)
    assert not review.due(store, START + 29 * day) and review.due(store, START + 30 * day)
    named = opened(store, days=30)
    assert not review.due(store, START + 90 * day), "one is open"
    for each in stands(store, named).values():
        decide(store, named, each.item.id, "keep", by="bo" if each.item.of != "bo" else "ana")
    write(store, review.close(named, store=store, doing=doing(days=31)))
    assert not review.due(store, START + 59 * day) and review.due(store, START + 60 * day)


def test_it_reminds_and_says_how_much_is_left(store):
    named = opened(store)
    assert review.remind(store=store, doing=doing(days=1)) is None
    soon = review.remind(store=store, doing=doing("", days=12))
    write(store, soon)
    assert (soon.events[0].tag, soon.events[0].detail) == ("review:remind", {"undecided": 8})
    assert review.remind(store=store, doing=doing("", days=13)) is None
    decide(store, named, "person:cleo", "keep")
    late = review.remind(store=store, doing=doing("", days=14))
    write(store, late)
    assert (late.events[0].tag, late.events[0].detail) == ("review:overdue", {"undecided": 7})
    assert review.remind(store=store, doing=doing("", days=14, hours=23)) is None
    assert review.remind(store=store, doing=doing("", days=15))


def test_old_reviews_are_forgotten_when_the_next_one_opens(store):
    named = opened(store)
    for each in stands(store, named).values():
        decide(store, named, each.item.id, "keep", by="bo" if each.item.of != "bo" else "ana")
    write(store, review.close(named, store=store, doing=doing(days=1)))
    second = opened(store, days=1 + KEPT.days)
    assert [each.id for each in review.REVIEW.all(store)] == [second]
    assert review.items(named).all(store) == []
