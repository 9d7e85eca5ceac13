"""Edit and approve: what a person wrote is what runs, decided by policy, once."""

from dataclasses import replace

import pytest

from clawband.model.access import Hold, Permit
from clawband.model.errors import AuthenticationError, InputError
from tests.simulators.small import WORKFLOWS, service_on, small, story

REFUND = {"order": "A-1", "amount": 9_900, "reason": "broken, and the agent is sorry"}
SAID = {"reason": "broken"}
DRAFTS = {**WORKFLOWS, "support.toml": WORKFLOWS["support.toml"].replace(
    'replies = "allow"', 'replies = "approve"'
) + '\n[[approvals]]\nreplies = true\nrole = "approver"\n'}  # fmt: skip
TWICE = {
    **WORKFLOWS,
    "support.toml": WORKFLOWS["support.toml"].replace(
        'tool = "refund"\nrole = "approver"', 'tool = "refund"\nrole = "approver"\npeople = 2'
    ),
}


async def held(house, call="c1", params=REFUND):
    decided = await house.call("refund", call, params)
    assert isinstance(decided.decision, Hold)
    return decided.decision.approval


def params_of(decided):
    """What the gateway is told to run with."""
    assert isinstance(decided.decision, Permit) and decided.decision.params is not None
    return decided.decision.params


async def edited(house, card, changes=SAID, role="approver"):
    return await house.service.edits.edit(card, changes, house.signed(role))


@story
async def test_what_the_person_wrote_runs_once(tmp_path):
    async with small(tmp_path) as house:
        card = await held(house)
        approval = await edited(house, card)
        assert approval.state == "granted" and approval.id == card
        again = await house.call("refund", "c1", REFUND)
        assert isinstance(again.decision, Permit)
        assert again.decision.params == {**REFUND, **SAID} and again.decision.approval == card
        assert again.request.arguments == {**REFUND, **SAID}
        third = await house.call("refund", "c2", REFUND)
        assert isinstance(third.decision, Hold) and third.decision.approval != card
        assert house.service.running.store.documents("edit") == []


@story
async def test_the_log_says_who_changed_what_into_what(tmp_path):
    async with small(tmp_path) as house:
        card = await held(house)
        approval = await edited(house, card)
        (told,) = house.events("approval:edit")
        assert (told.who, told.detail["approval"], told.cause) == (
            "approver",
            card,
            approval.decision,
        )
        assert told.detail["was"] != told.detail["request"] == approval.request
        assert "broken" not in str(told)
        (version,) = await house.service.edits.versions(approval, house.signed("auditor"))
        (change,) = version.changes
        assert change.key == "reason"
        assert [(each.kind, each.text) for each in change.pieces] == [
            ("gone", "broken, and the agent is sorry"),
            ("new", "broken"),
        ]
        assert await house.service.edits.versions(approval, house.signed("viewer")) == ()
        await house.call("refund", "c1", REFUND)
        (permit,) = [each for each in house.events("decision:permit") if each.call == "c1"]
        assert permit.detail["edited"] == "approver"


async def colleague(house, name, *roles, aliases=()):
    """Somebody else, signed in."""
    operator = await house.service.operators.add_as(
        name, roles or ["approver"], aliases, "long enough words", "setup"
    )
    return replace(house.signed("approver"), operator=operator, session=name)


@story
async def test_two_people_agree_to_the_words_that_run(tmp_path):
    async with small(tmp_path, policies=TWICE) as house:
        card = await held(house)
        ana = await colleague(house, "ana")
        await house.service.approvals.grant(card, house.signed("approver"))
        waiting = await house.service.edits.edit(card, SAID, ana)
        assert waiting.state == "pending" and [each.by for each in waiting.grants] == ["ana"]
        between = await house.call("refund", "c1", REFUND)
        assert isinstance(between.decision, Hold) and between.decision.approval == card
        await house.service.approvals.grant(card, house.signed("approver"))
        again = await house.call("refund", "c1", REFUND)
        assert params_of(again)["reason"] == "broken"


@story
async def test_the_second_person_may_change_it_once_more(tmp_path):
    async with small(tmp_path, policies=TWICE) as house:
        card = await held(house)
        ana = await colleague(house, "ana")
        await edited(house, card)
        await house.service.edits.edit(card, {"reason": "it came broken"}, ana)
        granted = await house.service.approvals.grant(card, house.signed("approver"))
        assert granted.state == "granted"
        again = await house.call("refund", "c1", REFUND)
        assert params_of(again)["reason"] == "it came broken"
        versions = await house.service.edits.versions(granted, house.signed("auditor"))
        assert [each.by for each in versions] == ["approver", "ana"]


@story
async def test_the_text_of_a_reply_can_be_changed_and_only_that_is_delivered(tmp_path):
    async with small(tmp_path, policies=DRAFTS) as house:
        reply = {"payload": {"text": "You are wrong."}, "channel": "telegram"}
        await house.ask("run", {"prompt": "hello"})
        decided = await house.ask("reply", reply, conversationId="4242")
        assert isinstance(decided.decision, Hold)
        draft = await house.service.edits.draft(decided.decision.approval, house.signed("approver"))
        assert draft == {"text": "You are wrong."}
        await edited(house, decided.decision.approval, {"text": "Let me look again."})
        again = await house.ask("reply", reply, conversationId="4242")
        assert isinstance(again.decision, Permit) and again.decision.text == "Let me look again."

        async def sent(text):
            event = {"content": text, "to": "4242", "metadata": {"channel": "telegram"}}
            return (await house.ask("message", event)).decision

        assert isinstance(await sent("Let me look again."), Permit)
        assert not isinstance(await sent("You are wrong."), Permit)


REFUSED = {
    "unknown": {"password": "x"},
    "another kind": {"amount": "a lot"},
    "nothing": {"reason": REFUND["reason"]},
    "too long": {"reason": "x" * 70_000},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
@story
async def test_what_cannot_be_changed_so_is_said(tmp_path, changes):
    async with small(tmp_path) as house:
        card = await held(house)
        with pytest.raises(InputError):
            await edited(house, card, changes)
        assert not house.events("approval:edit")


@story
async def test_only_who_may_approve_and_read_may_change(tmp_path):
    async with small(tmp_path) as house:
        card = await held(house)
        for role in ("viewer", "auditor", "operator", "builder", "admin"):
            with pytest.raises(AuthenticationError):
                await edited(house, card, role=role)
        self_ = await colleague(house, "self", aliases=["telegram:4242"])
        with pytest.raises(AuthenticationError, match="never approve"):
            await house.service.edits.edit(card, SAID, self_)
        assert house.service.running.store.documents("edit") == []


@story
async def test_what_was_written_is_forgotten_with_its_approval(tmp_path):
    async with small(tmp_path) as house:
        card = await held(house)
        await edited(house, card)
        house.clock.forward(hours=8)
        again = await house.call("refund", "c9", REFUND)
        assert isinstance(again.decision, Hold) and again.decision.approval != card
        await house.service.approvals.expire()
        await house.service.edits.tidy()
        assert house.service.running.store.documents("edit") == []


@story
async def test_it_survives_a_restart(tmp_path):
    async with small(tmp_path) as house:
        card = await held(house)
        await edited(house, card)
        await house.service.stop()
        house.service = service_on(tmp_path, house.clock, seed="again")
        await house.service.start()
        again = await house.call("refund", "c1", REFUND)
        assert isinstance(again.decision, Permit) and again.decision.params == {**REFUND, **SAID}
