"""Operators: who they are, how they come in, and when they are out again."""

import pyotp
import pytest

from clawband.audit.entry import encode
from clawband.flows import credentials, sessions, sign_in
from clawband.identity.one_time import OneTime
from clawband.identity.session import Seen, stored
from clawband.model.errors import (
    AuthenticationError,
    ConflictError,
    InputError,
    NotFoundError,
    SecondFactorNeededError,
)
from clawband.model.person import Role
from clawband.ports.unit import OpenSession, Unit
from tests.flows.registered import Registered, account
from tests.simulators.clocks import START, CountedEntropy
from tests.simulators.keepers import QuickPasswords

PASSWORD = "correct horse battery"
ENTROPY = CountedEntropy().bytes(96)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE = pyotp.TOTP(SECRET).at(START)


class People(Registered):
    def __init__(self, *operators):
        super().__init__(*operators, password=QuickPasswords().hash(PASSWORD))

    def come_in(self, name="ana", password=PASSWORD, code=""):
        secret, unit = sign_in.checked(
            name, password, code, Seen(), known=self, passwords=QuickPasswords(),
            now=START, entropy=ENTROPY,
        )  # fmt: skip
        self.take(unit)
        return secret, unit


def add(name="ana", roles=(Role.ADMIN,), aliases=(), password=PASSWORD):
    return sign_in.add(
        name, frozenset(roles), frozenset(aliases), password,
        by="root", passwords=QuickPasswords(), now=START, entropy=ENTROPY,
    )  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "Ana"}, {"name": "a b"}, {"name": "a" * 33}, {"name": "ana\n"},
     {"roles": ()}, {"password": "short"}, {"password": "x" * 257}, {"aliases": ("a\u200bb",)},
     {"aliases": ("",)}],
)  # fmt: skip
def test_an_account_has_a_plain_name_a_role_and_a_long_password(wrong):
    with pytest.raises(InputError):
        add(**wrong)


def test_a_password_is_in_nothing_that_is_kept():
    _, unit = add()
    assert PASSWORD not in str(unit) and PASSWORD.encode() not in encode(unit.events[0], 0)


def test_who_comes_in_is_known_and_leaves_when_they_want():
    people = People(account())
    secret, unit = people.come_in()
    session = unit.changes[0]
    assert isinstance(session, OpenSession) and session.token == stored(secret)
    assert secret not in str(unit) and session.csrf not in secret
    signed = sessions.who(secret, known=people, used=None, now=START)
    assert (signed.name, signed.assurance, signed.proved, signed.at) == ("ana", 1, None, START)
    people.take(sign_in.sign_out(signed, now=START, entropy=ENTROPY))
    with pytest.raises(AuthenticationError):
        sessions.who(secret, known=people, used=None, now=START)


def test_whoever_has_a_second_factor_never_comes_in_without_it():
    people = People(account())
    device = OneTime(operator="ana", secret=SECRET, last=0, added=START)
    people.take(Unit([], [credentials.ONE_TIME.new("ana", device)]))
    with pytest.raises(SecondFactorNeededError, match="second factor"):
        people.come_in()
    for password, code in ((PASSWORD, "000000"), ("wrong", CODE), ("wrong", "")):
        secret, unit = people.come_in("ana", password, code)
        assert secret is None and [each.tag for each in unit.events] == ["session:refuse"]
    secret, unit = people.come_in(code=CODE)
    signed = sessions.who(secret, known=people, used=None, now=START)
    assert (signed.assurance, signed.proved) == (2, START)
    assert unit.events[0].detail["method"] == "password and code"
    assert people.come_in(code=CODE)[0] is None, "a code is good once"


@pytest.mark.parametrize(("name", "password"), [("ana", "wrong"), ("eve", PASSWORD), ("", "")])
def test_who_does_not_belong_stays_out_and_it_is_recorded(name, password):
    secret, unit = People(account()).come_in(name, password)
    assert secret is None and unit.changes == []
    assert [event.tag for event in unit.events] == ["session:refuse"]
    assert unit.events[0].who in ("ana", ""), "what was typed by a stranger is not kept"


def test_one_alias_one_account():
    people = People(account("ana", aliases=["telegram:1"]))
    refuse = sign_in.refuse_clash
    for name, aliases in (("eve", {"telegram:1"}), ("eve", {"ana"}), ("telegram:1", set())):
        with pytest.raises(ConflictError, match="already belongs"):
            refuse(name, frozenset({Role.ADMIN}), frozenset(aliases), people)
    refuse("ana", frozenset({Role.ADMIN}), frozenset({"telegram:1", "telegram:2"}), people)


def test_the_last_administrator_stays_one():
    people = People(account("ana"), account("bob", Role.VIEWER))
    with pytest.raises(ConflictError, match="last administrator"):
        sign_in.refuse_clash("ana", frozenset({Role.VIEWER}), frozenset(), people)
    with pytest.raises(ConflictError, match="last administrator"):
        sign_in.remove("ana", by="ana", people=people, now=START, entropy=ENTROPY)
    sign_in.remove("bob", by="ana", people=people, now=START, entropy=ENTROPY)
    with pytest.raises(NotFoundError):
        sign_in.remove("eve", by="ana", people=people, now=START, entropy=ENTROPY)
