"""Sign-ins: how long they live, what is new about one, and how they end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.flows import sessions
from clawband.flows.kept import Kept
from clawband.flows.sessions import DEVICE, KNOWN_ADDRESSES, KNOWN_FOR, SESSION
from clawband.identity.assurance import Method
from clawband.identity.session import IDLE, LIFE, NOTED, Seen, stored
from clawband.model.errors import AuthenticationError, ConflictError, NotFoundError
from clawband.model.person import Role
from clawband.ports.unit import DeleteOperator, Unit
from tests.flows.registered import Registered, account
from tests.simulators.clocks import START, CountedEntropy

HERE = Seen(address="10.0.0.1", agent="Firefox", device="d" * 64)
ENTROPY = CountedEntropy()
SECOND = timedelta(seconds=1)


def enter(people, seen=HERE, name="ana", method=Method.PASSWORD, now=START):
    secret, unit = sessions.enter(
        name, method, seen, known=people, now=now, entropy=ENTROPY.bytes(96)
    )
    people.take(unit)
    return secret


def who(people, secret, now=START, used=None):
    return sessions.who(secret, known=people, used=used, now=now)


def test_a_browser_left_alone_is_signed_out():
    people = Registered(account())
    secret = enter(people)
    assert who(people, secret, START + IDLE - SECOND).name == "ana"
    with pytest.raises(AuthenticationError, match="away too long"):
        who(people, secret, START + IDLE)
    assert who(people, secret, START + IDLE, used=START + SECOND).name == "ana"


def test_nothing_lives_longer_than_its_life():
    people = Registered(account())
    secret = enter(people)
    late = START + LIFE
    assert who(people, secret, late - SECOND, used=late - 2 * SECOND).name == "ana"
    with pytest.raises(AuthenticationError, match="not signed in"):
        who(people, secret, late, used=late - SECOND)
    terminal = enter(people, Seen(terminal=True))
    assert who(people, terminal, late - SECOND).name == "ana"
    with pytest.raises(AuthenticationError):
        who(people, terminal, late)


def test_the_last_use_is_written_once_in_a_while():
    people = Registered(account())
    session = stored(enter(people))
    assert sessions.touch(session, known=people, now=START + NOTED - SECOND) is None
    unit = sessions.touch(session, known=people, now=START + NOTED)
    people.take(unit)
    assert SESSION.get(session, people).value.used == START + NOTED and not unit.events
    assert sessions.touch("none", known=people, now=START) is None


def test_a_secret_of_nobody_is_nobody():
    people = Registered(account())
    secret = enter(people)
    for wrong in ("", secret[:-1], stored(secret), secret.upper() + "x"):
        with pytest.raises(AuthenticationError):
            who(people, wrong)
    people.take(Unit([], [DeleteOperator("ana")]))
    with pytest.raises(AuthenticationError):
        who(people, secret)


def test_what_is_new_about_a_sign_in_is_told():
    people = Registered(account(), account("bob"))

    def new(seen, name="ana", now=START):
        kept = SESSION.get(stored(enter(people, seen, name, now=now)), people).value
        return kept.new_device, kept.new_address

    assert new(HERE) == (True, True)
    assert new(HERE) == (False, False)
    assert new(replace(HERE, address="10.0.0.2")) == (False, True)
    assert new(replace(HERE, address="10.0.0.2")) == (False, False)
    assert new(replace(HERE, device="e" * 64)) == (True, True)
    assert new(HERE, "bob") == (True, True), "a browser is known for one person"
    assert new(replace(HERE, device="")) == (True, True)
    assert new(HERE, now=START + KNOWN_FOR) == (True, False)


def test_of_a_browser_few_addresses_are_remembered():
    people = Registered(account())
    for number in range(KNOWN_ADDRESSES + 5):
        enter(people, replace(HERE, address=f"10.0.0.{number}"))
    (device,) = DEVICE.all(people)
    assert device.value.addresses == tuple(f"10.0.0.{n}" for n in range(5, KNOWN_ADDRESSES + 5))


def test_a_second_factor_gives_a_new_secret_but_no_longer_life():
    people = Registered(account())
    secret, later = enter(people), START + timedelta(hours=11)
    before = who(people, secret)
    fresh, unit = sessions.renew(
        before, Method.CODE, known=people, now=later, entropy=ENTROPY.bytes(96)
    )
    people.take(unit)
    with pytest.raises(AuthenticationError):
        who(people, secret, later)
    after = who(people, fresh, later)
    assert (after.assurance, after.proved) == (2, later) and after.csrf != before.csrf
    with pytest.raises(AuthenticationError):
        who(people, fresh, START + LIFE, used=START + LIFE)
    with pytest.raises(AuthenticationError):
        sessions.renew(before, Method.CODE, known=Registered(), now=later, entropy=bytes(96))


def test_the_owner_sees_their_own_and_ends_them():
    people = Registered(account(), account("bob"))
    mine = [enter(people, now=START + n * SECOND) for n in range(3)]
    theirs = enter(people, name="bob")
    me = who(people, mine[1])

    def listed():
        return sessions.own(me, known=people, now=START)

    assert [each.id for each in listed()] == [stored(each) for each in reversed(mine)]
    assert [each.current for each in listed()] == [False, True, False]

    def revoke(id=""):
        people.take(sessions.revoke(me, id, known=people, now=START, entropy=ENTROPY.bytes(96)))

    for other in (stored(theirs), "none"):
        with pytest.raises(NotFoundError, match="of yours"):
            revoke(other)
    revoke(stored(mine[0]))
    assert len(listed()) == 2
    revoke()
    assert [each.current for each in listed()] == [True]
    assert who(people, theirs).name == "bob"


def test_what_is_over_is_forgotten():
    people = Registered(account(), account("bob"))
    enter(people), enter(people, name="bob", now=START + LIFE - SECOND)
    people.take(Unit([], [DeleteOperator("bob")]))
    assert sessions.swept(people, START)
    people.take(Unit([], sessions.swept(people, START)))
    assert [each.value.operator for each in SESSION.all(people)] == ["ana"]
    assert [each.value.operator for each in DEVICE.all(people)] == ["ana"]
    people.take(Unit([], sessions.swept(people, START + KNOWN_FOR)))
    assert not people.kept
    drop = SESSION.drop(Kept("x", 1, None))
    with pytest.raises(ConflictError):
        people.take(Unit([], [drop]))


def test_without_the_second_factor_privileged_roles_wait():
    people = Registered(account(role=Role.ADMIN))
    signed = who(people, enter(people))
    assert sessions.held_back(signed).operator.roles == frozenset()
    assert not sessions.by_machine(signed, people)
    machine = who(people, enter(people, Seen(), method=Method.MACHINE), START + LIFE - SECOND)
    assert sessions.by_machine(machine, people) and machine.assurance == 1
