"""Operators: who they are, how they come in, and when they are out again."""

from datetime import timedelta

import pytest

from clawband.audit.entry import encode
from clawband.flows import sign_in
from clawband.identity.session import LIFE, stored
from clawband.model.errors import AuthenticationError, ConflictError, InputError, NotFoundError
from clawband.model.person import Operator, Role
from clawband.ports.unit import OpenSession
from tests.simulators.clocks import START, CountedEntropy
from tests.simulators.keepers import QuickPasswords

PASSWORD = "correct horse battery"
ENTROPY = CountedEntropy().bytes(96)


def account(name="ana", role=Role.ADMIN, aliases=()):
    return Operator(name=name, roles=frozenset({role}), aliases=frozenset(aliases), added=START)


class People:
    def __init__(self, *operators):
        self.all = {each.name: each for each in operators}
        self.sessions = {}

    def operator(self, name):
        found = self.all.get(name)
        return (found, QuickPasswords().hash(PASSWORD)) if found else None

    def operators(self):
        return list(self.all.values())

    def session(self, token):
        return self.sessions.get(token)

    def come_in(self, name="ana", password=PASSWORD):
        secret, unit = sign_in.sign_in(
            name, password, people=self, passwords=QuickPasswords(), now=START, entropy=ENTROPY
        )
        for change in unit.changes:
            self.sessions[change.token] = change
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


def test_who_comes_in_is_known_until_their_time_is_over():
    people = People(account())
    secret, unit = people.come_in()
    (session,) = unit.changes
    assert isinstance(session, OpenSession) and session.token == stored(secret)
    assert secret not in str(unit) and session.csrf not in secret
    assert sign_in.who(secret, people=people, now=START + LIFE - timedelta(seconds=1)).name == "ana"
    for now in (START + LIFE, START + 2 * LIFE):
        with pytest.raises(AuthenticationError):
            sign_in.who(secret, people=people, now=now)


@pytest.mark.parametrize(("name", "password"), [("ana", "wrong"), ("eve", PASSWORD), ("", "")])
def test_who_does_not_belong_stays_out_and_it_is_recorded(name, password):
    secret, unit = People(account()).come_in(name, password)
    assert secret is None and unit.changes == []
    assert [event.tag for event in unit.events] == ["session:refuse"]
    assert unit.events[0].who in ("ana", ""), "what was typed by a stranger is not kept"


def test_a_secret_of_nobody_is_nobody():
    people = People(account())
    secret, _ = people.come_in()
    for wrong in ("", secret[:-1], stored(secret), secret.upper() + "x"):
        with pytest.raises(AuthenticationError):
            sign_in.who(wrong, people=people, now=START)
    people.all.clear()
    with pytest.raises(AuthenticationError):
        sign_in.who(secret, people=people, now=START)


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
