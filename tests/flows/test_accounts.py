"""Service accounts: what their keys open, until when, and what is kept for people."""

from datetime import timedelta

import pytest

from clawband.flows import accounts
from clawband.flows.accounts import Doing
from clawband.flows.authority import may, places
from clawband.identity import keys
from clawband.identity.roles import Act
from clawband.model.errors import AuthenticationError, ConflictError, InputError, NotFoundError
from clawband.model.person import Operator, Role
from clawband.ports.unit import DeleteOperator, PutOperator, Unit
from tests.contracts.enrolled import STORES
from tests.simulators.clocks import START, CountedEntropy

ENTROPY = CountedEntropy()
PERSONAL = {
    Act.DECIDE_APPROVAL, Act.ENDORSE, Act.ENDORSE_SOURCE, Act.RESTORE, Act.ADMINISTER, Act.AGREE,
    Act.REVIEW, Act.KEEP_SECRETS, Act.ROTATE,
}  # fmt: skip


def doing(**later):
    return Doing(by="ana", now=START + timedelta(**later), entropy=ENTROPY.bytes(96))


@pytest.fixture
def store(tmp_path):
    opened = STORES["sqlite"](tmp_path)
    ana = Operator(name="ana", roles=frozenset({Role.ADMIN}), added=START)
    write(opened, Unit([], [PutOperator(ana, "hash")]))
    yield opened
    opened.close()


def write(store, unit):
    store.commit(unit).result(10)


def account(store, name="ci"):
    write(store, accounts.add(name, "ana", "deploys", store=store, doing=doing())[1])


def key(store, *acts, name="ci", days=90):
    made = accounts.add_key(name, acts, days, store=store, doing=doing())
    write(store, made.unit)
    return made


def who(store, secret, **later):
    return accounts.who(secret, store=store, now=START + timedelta(**later))


def test_a_key_names_acts_that_policy_does_not_keep_for_people():
    assert set(accounts.grantable()) == set(Act) - PERSONAL


@pytest.mark.parametrize("act", sorted(PERSONAL))
def test_what_is_for_people_is_in_no_key(store, act):
    account(store)
    with pytest.raises(InputError, match="expected acts out of"):
        key(store, Act.LOOK, act)


def test_a_key_may_what_it_names_and_nothing_else(store):
    account(store)
    signed = who(store, key(store, "look", "stop").secret)
    assert (signed.name, signed.service, signed.csrf) == ("service:ci", True, "")
    assert {act for act in Act if may(signed, act)} == {Act.LOOK, Act.STOP}


def test_the_secret_is_in_no_event_and_in_no_document(store):
    account(store)
    made = key(store, "look")
    secret = made.secret.rpartition("_")[2]
    assert secret not in repr(made.unit)
    assert made.unit.events[0].detail["account"] == "ci"


@pytest.mark.parametrize(
    ("name", "owner", "purpose", "error"),
    [
        ("CI", "ana", "p", InputError),
        ("service:ci", "ana", "p", InputError),
        ("", "ana", "p", InputError),
        ("ci", "nobody", "p", NotFoundError),
        ("ci", "", "p", NotFoundError),
        ("ci", "ana", " ", InputError),
        ("ci", "ana", "a\u202eb", InputError),
    ],
)
def test_an_account_has_a_name_an_owner_and_a_purpose(store, name, owner, purpose, error):
    with pytest.raises(error):
        accounts.add(name, owner, purpose, store=store, doing=doing())


def test_no_second_account_of_a_name(store):
    account(store)
    with pytest.raises(ConflictError):
        account(store)


@pytest.mark.parametrize("days", [0, -1, 366])
def test_every_key_ends(store, days):
    account(store)
    with pytest.raises(InputError, match="1 to 365 days"):
        key(store, "look", days=days)


def test_acts_and_accounts_must_exist(store):
    account(store)
    for acts in ((), ("fly",)):
        with pytest.raises(InputError):
            key(store, *acts)
    with pytest.raises(NotFoundError):
        key(store, "look", name="other")


def test_a_key_ends_by_itself(store):
    account(store)
    made = key(store, "look", days=1)
    assert who(store, made.secret, hours=23)
    with pytest.raises(AuthenticationError, match="expired"):
        who(store, made.secret, days=1)


def test_a_wrong_secret_and_an_unknown_key_are_told_the_same(store):
    account(store)
    made = key(store, "look")
    said = set()
    for wrong in (made.secret[:-1] + "x", keys.written("01J", bytes(32)), "cbk_", "cbk_x_"):
        with pytest.raises(AuthenticationError) as refused:
            who(store, wrong)
        said.add(str(refused.value))
    assert len(said) == 1


def test_rotated_both_open_until_the_overlap_is_over(store):
    account(store)
    old = key(store, "look", "stop")
    new = accounts.rotate(old.id, 2, store=store, doing=doing(days=10))
    write(store, new.unit)
    assert new.secret != old.secret and new.key.acts == old.key.acts
    assert new.key.expires - new.key.made == old.key.expires - old.key.made
    for each in (old, new):
        assert who(store, each.secret, days=10, hours=1)
    with pytest.raises(AuthenticationError):
        who(store, old.secret, days=10, hours=2)
    assert who(store, new.secret, days=10, hours=2)
    with pytest.raises(ConflictError, match="replaced"):
        accounts.rotate(old.id, 0, store=store, doing=doing(days=10))


def test_rotating_never_lengthens_the_old_key_and_never_revives_it(store):
    account(store)
    old = key(store, "look", days=1)
    new = accounts.rotate(old.id, 168, store=store, doing=doing(hours=1))
    write(store, new.unit)
    assert accounts.found(old.id, store).value.expires == old.key.expires
    with pytest.raises(ConflictError, match="expired"):
        accounts.rotate(new.id, 0, store=store, doing=doing(days=2))
    with pytest.raises(InputError):
        accounts.rotate(new.id, 1e300, store=store, doing=doing())


def test_two_rotations_at_once_make_one_key(store):
    account(store)
    old = key(store, "look")
    first, second = (accounts.rotate(old.id, 0, store=store, doing=doing()) for _ in range(2))
    write(store, first.unit)
    with pytest.raises(ConflictError):
        write(store, second.unit)
    with pytest.raises(AuthenticationError):
        who(store, second.secret)


def test_revoked_it_opens_nothing_at_once(store):
    account(store)
    made, other = key(store, "look"), key(store, "look")
    write(store, accounts.use(made.id, documents=store, now=START))
    write(store, accounts.revoke(made.id, store=store, doing=doing()))
    with pytest.raises(AuthenticationError):
        who(store, made.secret)
    assert who(store, other.secret)
    assert [each.id for each in accounts.USE.all(store)] == []
    with pytest.raises(NotFoundError):
        accounts.revoke(made.id, store=store, doing=doing())


def test_the_account_takes_all_its_keys_with_it_and_nobody_elses(store):
    account(store)
    account(store, "other")
    mine = [key(store, "look"), key(store, "stop")]
    others = key(store, "look", name="other")
    write(store, accounts.remove("ci", store=store, doing=doing()))
    for each in mine:
        with pytest.raises(AuthenticationError):
            who(store, each.secret)
    assert who(store, others.secret).name == "service:other"
    assert [each.account.name for each in accounts.listed(store)] == ["other"]


def test_when_its_owner_is_gone_its_keys_open_nothing_until_somebody_answers_for_it(store):
    account(store)
    made = key(store, "look")
    ana = store.operator("ana")[0]
    bo = Operator(name="bo", roles=frozenset({Role.ADMIN}), added=START)
    write(store, Unit([], [PutOperator(bo, "hash"), DeleteOperator(ana.name)]))
    with pytest.raises(AuthenticationError, match="nobody answers"):
        who(store, made.secret)
    assert [each.owned for each in accounts.listed(store)] == [False]
    with pytest.raises(NotFoundError):
        accounts.give("ci", "ana", store=store, doing=doing())
    given, unit = accounts.give("ci", "bo", store=store, doing=doing())
    write(store, unit)
    assert given.owner == "bo" and unit.events[0].detail == {"owner": "bo", "was": "ana"}
    assert who(store, made.secret)


def test_the_last_use_is_written_once_a_minute(store):
    account(store)
    made = key(store, "look")
    write(store, accounts.use(made.id, documents=store, now=START))
    assert accounts.use(made.id, documents=store, now=START + timedelta(seconds=59)) is None
    later = START + timedelta(minutes=1)
    write(store, accounts.use(made.id, documents=store, now=later))
    (listed,) = accounts.listed(store)
    assert [held.used for held in listed.keys] == [later]


def test_an_account_has_a_handful_of_keys(store):
    account(store)
    for _ in range(accounts.MOST_KEYS):
        key(store, "look")
    with pytest.raises(ConflictError, match="10 keys"):
        key(store, "look")


def test_a_key_of_one_environment_names_only_what_belongs_to_one(store):
    account(store)
    assert set(accounts.grantable("dev")) == {Act.LOOK, Act.READ_PAYLOAD, Act.STOP, Act.REVOKE}
    for act in (Act.PUBLISH, Act.EXPORT):
        with pytest.raises(InputError, match="expected acts out of"):
            accounts.add_key("ci", [act], 1, "dev", store=store, doing=doing())
    with pytest.raises(InputError, match="expected one of dev, staging, production"):
        accounts.add_key("ci", ["look"], 1, "mars", store=store, doing=doing())


def test_a_key_opens_in_its_environment_only_and_so_does_the_next_one(store):
    account(store)
    made = accounts.add_key("ci", ["stop"], 1, "dev", store=store, doing=doing())
    write(store, made.unit)
    assert made.unit.events[0].detail["environment"] == "dev"
    after = accounts.rotate(made.id, 1, store=store, doing=doing(hours=1))
    write(store, after.unit)
    for secret in (made.secret, after.secret):
        signed = who(store, secret)
        assert places(signed, Act.STOP) == {"dev"} and not places(signed, Act.LOOK)
