"""Invitations: one link, one person, once, within a day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.approvals.delegation import Delegation
from clawband.flows import chats, credentials, delegate, invite
from clawband.flows.invite import INVITATION, LIFE
from clawband.flows.links import LINK, Link
from clawband.flows.mailbox import MAILBOX
from clawband.identity.chats import Chat, Linking
from clawband.identity.passkeys import Registered as Made
from clawband.model.errors import ConflictError, InputError, NotFoundError
from clawband.model.notice import Mailbox
from clawband.model.person import Role
from clawband.ports.unit import PutOperator, Unit
from tests.flows.registered import Registered, account
from tests.simulators.clocks import START, CountedEntropy
from tests.simulators.keepers import QuickPasswords

ENTROPY = CountedEntropy()
PASSWORD = "correct horse battery"
KEY = Made("credential", b"key", 0, False)


def asked(known, name="eve", roles=(Role.ADMIN,), aliases=()):
    token, unit = invite.invite(
        name, frozenset(roles), frozenset(aliases),
        by="ana", known=known, now=START, entropy=ENTROPY.bytes(96),
    )  # fmt: skip
    known.take(unit)
    return token, unit


def by_password(known, token, now=START, password=PASSWORD):
    unit = invite.by_password(
        token, password, known=known, passwords=QuickPasswords(), now=now,
        entropy=ENTROPY.bytes(96),
    )  # fmt: skip
    known.take(unit)
    return unit


def by_passkey(known, token):
    unit = invite.by_passkey(token, KEY, "phone", known=known, now=START, entropy=ENTROPY.bytes(96))
    known.take(unit)
    return unit


def test_a_link_makes_an_account_that_needs_a_second_factor():
    known = Registered(account())
    token, unit = asked(known, aliases=("telegram:7",))
    assert token not in str(unit) and unit.events[0].tag == "operator:invite"
    assert invite.open_(token, known, START).value.by == "ana"
    made = by_password(known, token)
    operator, hashed = known.operator("eve")
    assert operator.roles == {Role.ADMIN} and operator.aliases == {"telegram:7"}
    assert QuickPasswords().verify(PASSWORD, hashed) and PASSWORD not in str(made)
    assert made.events[0].who == "ana", "whoever invited them let them in"
    assert credentials.INVITED.find("eve", known)


def test_a_link_is_good_once_also_for_two_at_once():
    known = Registered(account())
    token, _ = asked(known)
    two = [
        invite.by_passkey(token, KEY, "", known=known, now=START, entropy=bytes(96)) for _ in "ab"
    ]
    known.take(two[0])
    with pytest.raises(ConflictError):
        known.take(two[1])
    with pytest.raises(NotFoundError, match="not good"):
        by_password(known, token)
    made = known.operator("eve")
    assert made and made[1] == "", "no password opens it"


def test_a_link_is_good_for_a_day():
    known = Registered(account())
    token, _ = asked(known)
    end = START + LIFE
    assert invite.open_(token, known, end - timedelta(seconds=1)).value.name == "eve"
    with pytest.raises(NotFoundError):
        by_password(known, token, now=end)
    assert not invite.lapsed(known, START)
    known.take(Unit([], invite.lapsed(known, end)))
    assert not INVITATION.all(known)


def test_only_the_newest_link_of_a_name_is_good():
    known = Registered(account())
    old, _ = asked(known)
    new, _ = asked(known)
    for wrong in (old, "", "x", new[:-1]):
        with pytest.raises(NotFoundError):
            invite.open_(wrong, known, START)
    assert invite.open_(new, known, START).value.name == "eve"


@pytest.mark.parametrize("wrong", [{"name": "Eve"}, {"roles": ()}, {"aliases": ("",)}])
def test_what_is_no_account_is_not_invited(wrong):
    with pytest.raises(InputError):
        asked(Registered(account()), **wrong)
    with pytest.raises(InputError, match="12 to 256"):
        known = Registered(account())
        by_password(known, asked(known)[0], password="short")


def test_two_accounts_are_two_people():
    known = Registered(account(aliases=("telegram:1",)))
    with pytest.raises(ConflictError, match="already belongs"):
        asked(known, aliases=("telegram:1",))
    token, _ = asked(known, aliases=("telegram:2",))
    known.take(Unit([], [PutOperator(account(aliases=("telegram:2",)), "")]))
    with pytest.raises(ConflictError, match="already belongs"):
        by_password(known, token)


def recovered(known, name):
    token, unit = invite.recover(name, by="ana", known=known, now=START, entropy=ENTROPY.bytes(96))
    known.take(unit)
    return token


def test_the_name_of_an_account_is_not_invited():
    known = Registered(account("ana"), account("bob", Role.BUILDER))
    with pytest.raises(ConflictError, match="already") as refused:
        asked(known, "bob", roles=(Role.ADMIN,))
    assert "operator recover bob" in refused.value.remedy
    token, _ = asked(known, "eve")
    known.take(Unit([], [PutOperator(account("eve", Role.ADMIN), "")]))
    with pytest.raises(ConflictError, match="changed since"):
        by_passkey(known, token)
    with pytest.raises(NotFoundError):
        recovered(known, "nobody")


def test_a_new_way_in_is_into_the_account_it_was_made_for():
    known = Registered(account("ana"), account("bob", Role.BUILDER))
    token = recovered(known, "bob")
    told = invite.recovering("bob", known, START)
    assert told and told.by == "ana"
    assert invite.recovering("ana", known, START) is None
    assert invite.recovering("bob", known, START + LIFE) is None
    another = replace(account("bob", Role.BUILDER), added=START + timedelta(hours=1))
    known.take(Unit([], [PutOperator(another, "")]))
    with pytest.raises(ConflictError, match="changed since"):
        by_passkey(known, token)


def test_a_new_way_in_replaces_the_old_one_and_keeps_the_roles():
    known = Registered(account("ana"), account("bob", Role.BUILDER), password="old")
    known.take(
        credentials.add_passkey(
            "bob", Made("old", b"k", 0, False), "", documents=known, now=START, entropy=bytes(96)
        )
    )
    token = recovered(known, "bob")
    by_passkey(known, token)
    operator, hashed = known.operator("bob")
    assert operator.roles == {Role.BUILDER} and hashed == "" and operator.added == START
    assert [each.value.credential for each in credentials.of("bob", known)] == ["credential"]
    token = recovered(known, "bob")
    by_password(known, token)
    assert not credentials.of("bob", known) and credentials.INVITED.find("bob", known)


@pytest.mark.parametrize("managed", [False, True])
def test_a_new_way_in_unties_what_an_intruder_tied_to_the_account(managed):
    known = Registered(account("ana"), account("bob", Role.APPROVER), password="old")
    soon, day = START + timedelta(minutes=1), timedelta(days=1)
    for name in ("ana", "bob"):
        link = Link(issuer="i", subject=name, name=name, account=START, managed=managed)
        given = Delegation(giver=name, to="eve", start=soon, until=soon + day, purpose="p",
                           added=soon)  # fmt: skip
        code = Linking(code="c", made=soon, until=soon + day)
        known.take(Unit([], [
            chats.CHAT.new(f"main:telegram:{name}", Chat(operator=name, claimed=soon, linked=soon)),
            chats.LINKING.new(name, code), LINK.new(f"i {name}", link),
            MAILBOX.new(name, Mailbox(account=START, address="eve@example.com")),
            delegate.KIND.new(name, given),
        ]))  # fmt: skip
    by_passkey(known, recovered(known, "bob"))
    left = [each.id for kind in (chats.CHAT, chats.LINKING, MAILBOX, delegate.KIND)
            for each in kind.all(known)]  # fmt: skip
    assert left == ["main:telegram:ana", "ana", "ana", "ana"]
    links = {each.value.name for each in LINK.all(known)}
    assert links == ({"ana", "bob"} if managed else {"ana"})


def test_a_new_way_in_drops_no_alias_that_came_meanwhile():
    known = Registered(account("ana"), account("bob", Role.BUILDER))
    token = recovered(known, "bob")
    known.take(Unit([], [PutOperator(account("bob", Role.BUILDER, ["telegram:7"]), "")]))
    by_passkey(known, token)
    found = known.operator("bob")
    assert found is not None and found[0].aliases == {"telegram:7"}


def test_a_link_does_not_bring_roles_back_that_were_taken():
    known = Registered(account("ana"), account("bob", Role.BUILDER))
    token = recovered(known, "bob")
    known.take(Unit([], [PutOperator(account("bob", Role.VIEWER), "")]))
    with pytest.raises(ConflictError, match="changed since"):
        by_passkey(known, token)
