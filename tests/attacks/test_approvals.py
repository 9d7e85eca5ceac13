"""Ways to get a yes that nobody gave, or to use one twice. Each is tried on a real store."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from clawband.flows import approve, credentials
from clawband.identity.session import Seen
from clawband.model.access import Deny, Hold, Permit
from clawband.model.errors import AuthenticationError, ConflictError, Error
from clawband.model.people import Rules
from clawband.model.person import Role
from clawband.service.first_run import recover
from tests.simulators.small import PASSWORD, WORKFLOWS, small, story

REFUND = {"order": "A-1", "amount": 9_900, "reason": "broken"}
ASKER = "telegram:4242"


def support(*changes):
    text = WORKFLOWS["support.toml"]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return {**WORKFLOWS, "support.toml": text}


TWO = support(
    ('tool = "refund"\nrole = "approver"', 'tool = "refund"\nrole = "approver"\npeople = 2')
)
ADMIN = support(('tool = "refund"\nrole = "approver"', 'tool = "refund"\nrole = "admin"'))
NEVER = {
    **WORKFLOWS,
    "never.cedar": '@id("never") @because("no refunds today") forbid (principal, action == '
    'Action::"tool:pay", resource);',
}


async def held(house, params=REFUND, call="c1", **context):
    decided = await house.call("refund", call, params, **context)
    assert isinstance(decided.decision, Hold), decided.decision
    return decided.decision.approval


async def ask(house, params=REFUND, call="c1", **context):
    return (await house.call("refund", call, params, **context)).decision


async def person(house, name, *roles, aliases=()):
    """Somebody with an account, signed in."""
    operator = await house.service.operators.add_as(
        name, roles or ["approver"], aliases, "long enough words", "setup"
    )
    return replace(house.signed("approver"), operator=operator, session=name)


async def refused(*attempts):
    """How many of these, at the same time, were refused."""
    done = await asyncio.gather(*attempts, return_exceptions=True)
    assert all(isinstance(each, Error) for each in done if isinstance(each, BaseException)), done
    return sum(isinstance(each, ConflictError) for each in done)


@story
async def test_two_approvers_in_the_same_instant_are_one_grant_and_one_use(tmp_path):
    async with small(tmp_path) as house:
        card, olga, pia = await held(house), house.signed("approver"), await person(house, "pia")
        grant = house.service.approvals.grant
        assert await refused(grant(card, olga), grant(card, pia)) == 1
        answers = await asyncio.gather(*(ask(house, call=f"c{n}") for n in range(6)))
        assert sum(isinstance(each, Permit) for each in answers) == 1
        assert len(house.events("approval:spend")) == 1


@story
async def test_one_says_yes_while_another_changes_it_or_says_no(tmp_path):
    async with small(tmp_path) as house:
        approvals, edits = house.service.approvals, house.service.edits
        olga, pia = house.signed("approver"), await person(house, "pia")
        for number, other in enumerate(
            (
                lambda card: edits.edit(card, {"reason": "x"}, pia),
                lambda card: approvals.refuse(card, pia, "no"),
                lambda card: edits.edit(card, {"amount": 1}, olga),
            )
        ):
            card = await held(house, {**REFUND, "order": f"B-{number}"})
            assert await refused(approvals.grant(card, olga), other(card)) == 1


@story
async def test_two_people_in_one_session_or_one_person_in_two_are_one_person(tmp_path):
    async with small(tmp_path, policies=TWO) as house:
        card, olga = await held(house), house.signed("approver")
        again = replace(olga, session="another", csrf="other")
        grant = house.service.approvals.grant
        assert await refused(grant(card, olga), grant(card, again)) == 1
        with pytest.raises(ConflictError, match="already agreed"):
            await grant(card, again)
        assert isinstance(await ask(house), Hold)


@story
async def test_the_asker_never_decides_under_any_name(tmp_path):
    async with small(tmp_path) as house:
        card = await held(house)
        self_ = await person(house, "self", aliases=[ASKER])
        named = replace(self_, operator=replace(self_.operator, name=ASKER, aliases=frozenset()))
        friend = await person(house, "friend", "operator")
        until = house.clock.now() + timedelta(days=1)
        await house.service.delegations.add("friend", None, until, "away", self_)
        machine = replace(house.signed("approver"), service=True, scope=frozenset())
        for by in (self_, named, friend, machine):
            with pytest.raises(AuthenticationError):
                await house.service.approvals.grant(card, by)
            with pytest.raises(AuthenticationError):
                await house.service.edits.edit(card, {"reason": "x"}, by)
        assert isinstance(await ask(house), Hold)
        assert not house.events("approval:grant", "approval:edit")


@story
async def test_nobody_gets_rid_of_the_name_they_asked_under(tmp_path):
    """By a new password for their own account, nor as the owner of the machine."""
    async with small(tmp_path) as house:
        await person(house, "self", "admin", "approver", aliases=[ASKER])
        card = await held(house)
        for anew in (person(house, "self", "admin", "approver"), recover(house.service, "self")):
            await anew
            account, _ = house.service.running.store.operator("self")
            again = replace(house.signed("approver"), operator=account, session="self")
            with pytest.raises(AuthenticationError):
                await house.service.approvals.grant(card, again)
        assert isinstance(await ask(house), Hold)


@story
async def test_a_yes_after_the_end_is_none(tmp_path):
    async with small(tmp_path) as house:
        card, late = await held(house), await held(house, {**REFUND, "order": "A-2"}, "c2")
        by = house.signed("approver")
        await house.service.approvals.grant(card, by)
        house.clock.forward(hours=8)
        assert not isinstance(await ask(house), Permit)
        with pytest.raises(ConflictError):
            await house.service.approvals.grant(late, by)
        with pytest.raises(ConflictError):
            await house.service.edits.edit(late, {"reason": "x"}, by)


@pytest.mark.parametrize("policies", [NEVER, ADMIN, TWO], ids=["never", "admin", "two"])
@pytest.mark.parametrize("written", [False, True])
@story
async def test_a_yes_under_the_policy_of_before_is_none(tmp_path, policies, written):
    async with small(tmp_path) as house:
        card, by = await held(house), house.signed("approver")
        if written:
            await house.service.edits.edit(card, {"reason": "x"}, by)
        else:
            await house.service.approvals.grant(card, by)
        await house.service.policies.publish_as(policies, "setup", "stricter")
        assert isinstance(await ask(house), Deny)
        assert not house.events("approval:spend")


@story
async def test_a_yes_lifts_nothing_but_what_was_shown(tmp_path):
    async with small(tmp_path) as house:
        card = await held(house)
        await house.service.edits.edit(card, {"reason": "x"}, house.signed("approver"))
        for params in ({**REFUND, "amount": 9_901}, {**REFUND, "more": 1}, {}):
            assert not isinstance(await ask(house, params, call="c7"), Permit)
        elsewhere = await ask(house, call="c8", sessionKey="agent:support:telegram:direct:7")
        assert not isinstance(elsewhere, Permit)
        sender = {"channel": "telegram", "senderId": "7", "senderIsOwner": False}
        assert not isinstance(await ask(house, call="c9", requester=sender), Permit)
        assert isinstance(await ask(house), Permit)


@story
async def test_what_was_changed_runs_in_the_persons_words_however_often_it_is_asked(tmp_path):
    async with small(tmp_path) as house:
        card = await held(house)
        await house.service.edits.edit(card, {"amount": 1}, house.signed("approver"))
        answers = await asyncio.gather(*(ask(house, call=f"c{n}") for n in range(6)))
        permits = [each for each in answers if isinstance(each, Permit)]
        assert [each.params for each in permits] == [{**REFUND, "amount": 1}]


@story
async def test_a_role_that_is_taken_away_takes_its_yes_along(tmp_path):
    async with small(tmp_path) as house:
        for number, written in enumerate((False, True)):
            params = {**REFUND, "order": f"C-{number}"}
            card, pia = await held(house, params), await person(house, f"pia{number}")
            if written:
                await house.service.edits.edit(card, {"reason": "x"}, pia)
            else:
                await house.service.approvals.grant(card, pia)
            await house.service.operators.remove(pia.name, house.signed("admin"))
            waits = await ask(house, params)
            assert isinstance(waits, Hold) and waits.approval == card
            await house.service.approvals.grant(card, house.signed("approver"))
            assert isinstance(await ask(house, params), Permit)


async def lend(house):
    """`approver` is away, and `eve` decides for them."""
    until, giver = house.clock.now() + timedelta(hours=1), house.signed("approver")
    await house.service.delegations.add("eve", None, until, "holiday", giver)


async def decides_nothing(house, eve):
    card = await held(house)
    approval = house.service.running.store.approval(card)
    approvals = house.service.approvals
    assert not approvals.decides(approval, eve)
    assert approvals.objection(approval, eve)
    for attempt in (approvals.grant(card, eve), approvals.refuse(card, eve, "no"),
                    house.service.edits.edit(card, {"reason": "x"}, eve)):  # fmt: skip
        with pytest.raises(AuthenticationError):
            await attempt
    with pytest.raises(AuthenticationError):
        approve.agreed(approval, eve, house.service.running.store, house.clock.now())


@story
async def test_standing_in_takes_the_second_factor_that_the_role_takes(tmp_path):
    """By a link: their own privileged roles would wait for one, so do those lent to them."""
    async with small(tmp_path) as house:
        people = house.service.people
        token = (await people.invite_as("eve", ["auditor"], (), "admin")).token
        eve = house.service.operators.who(await people.accept(token, PASSWORD, Seen()))
        await lend(house)
        assert eve.operator.roles == {Role.AUDITOR}, "which needs none"
        await decides_nothing(house, eve)


@story
async def test_standing_in_is_no_way_round_required(tmp_path):
    async with small(tmp_path) as house:
        service = house.service
        await service.operators.add_as("eve", ["auditor"], (), PASSWORD, "setup")
        await lend(house)
        signed = service.operators.who(await service.people.sign_in("eve", PASSWORD))
        card = service.running.store.approval(await held(house))
        assert service.approvals.decides(card, signed), "where nobody asks for a second factor"
        eve = credentials.weighed(signed, service.running.store, Rules(second_factor="required"))
        await decides_nothing(house, eve)
