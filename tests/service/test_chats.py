"""Approving in a chat: whose word it is, what it is about, how often it counts."""

import re

import pytest

from clawband.model.access import Hold, Permit
from clawband.model.errors import AuthenticationError, ConflictError, NotFoundError
from clawband.openclaw.commands import command
from tests.simulators.small import PASSWORD, WORKFLOWS, small, story

PIA = "7001"
REFUND = {"order": "A-1", "amount": 9_900, "reason": "broken"}
CHAT = "\n[approval]\nchat = true\n"
TAKEN = {**WORKFLOWS, "support.toml": WORKFLOWS["support.toml"] + CHAT}


def with_refund(more):
    asked = 'tool = "refund"\nrole = "approver"'
    return {**TAKEN, "support.toml": TAKEN["support.toml"].replace(asked, f"{asked}\n{more}")}


def typed(house, text, sender=PIA, **said):
    """The command as the plugin passes it on."""
    end = f"telegram:{sender}"
    event = {
        "channel": "telegram", "senderId": sender, "from": end, "to": end, "args": text,
        "authorized": True, "internal": False, **said,
    }  # fmt: skip
    session = f"agent:support:telegram:direct:{sender}"
    return command(event, {"sessionKey": session}, said.pop("gateway", house.gateway))


async def says(house, text, sender=PIA):
    return await house.service.chats.answer(typed(house, text, sender))


async def link(house, role="approver", sender=PIA):
    """Both sides: the code in the chat, the confirmation in the console."""
    code = await house.service.chats.begin(house.signed(role))
    said = await says(house, f"link {code.lower()}", sender)
    assert f"telegram:{sender} as {role}" in said
    (chat,) = house.service.chats.listed(house.signed(role))
    house.tokens[role] = await house.service.chats.confirm(chat.id, house.signed(role))
    return chat.id


async def held(house, call="c1", params=REFUND, tool="refund"):
    decided = await house.call(tool, call, params)
    assert isinstance(decided.decision, Hold)
    return decided.decision.approval


def codes(text):
    return re.findall(r"/clawband approve (\S+)", text)


@story
async def test_a_held_call_is_approved_in_the_chat_and_runs_once(tmp_path):
    async with small(tmp_path, policies=TAKEN) as house:
        await link(house)
        card = await held(house)
        shown = await says(house, "")
        assert 'order = "A-1"' in shown and "amount = 9900" in shown and "telegram:4242" in shown
        (code,) = codes(shown)
        assert await says(house, f"approve {code}") == "You allowed refund, once."
        (told,) = house.events("approval:grant")
        assert (told.who, told.detail["assurance"]) == ("approver", 1)
        assert told.detail["chat"] == f"sample:telegram:{PIA}" and told.detail["approval"] == card
        assert isinstance((await house.call("refund", "c1", REFUND)).decision, Permit)
        assert isinstance((await house.call("refund", "c2", REFUND)).decision, Hold), "once"


@story
async def test_a_refusal_in_the_chat_is_told_with_its_reason(tmp_path):
    async with small(tmp_path, policies=TAKEN) as house:
        await link(house)
        card = await held(house)
        (code,) = codes(await says(house, "list"))
        assert "You refused refund" in await says(house, f"deny {code} too much for one order")
        approval = house.service.running.store.approval(card)
        assert (approval.state, approval.note) == ("refused", "too much for one order")
        (told,) = house.events("approval:refuse")
        assert told.detail["chat"] == f"sample:telegram:{PIA}"


@story
async def test_only_what_the_manifest_gives_to_chats_is_offered(tmp_path):
    async with small(tmp_path) as house:
        await link(house)
        await held(house)
        shown = await says(house, "")
        assert codes(shown) == [] and "1 more of yours can be decided in the console only" in shown


@pytest.mark.parametrize("more", ["assurance = 2", 'kind = "payment"\nassurance = 2'])
@story
async def test_what_needs_two_factors_stays_in_the_console(tmp_path, more):
    async with small(tmp_path, policies=with_refund(more)) as house:
        await link(house)
        await held(house)
        assert codes(await says(house, "")) == []


@story
async def test_a_code_is_for_one_request_one_chat_one_time_and_ten_minutes(tmp_path):
    async with small(tmp_path, policies=with_refund("people = 2")) as house:
        await link(house)
        await link(house, "admin", "7002")
        await held(house)
        (code,) = codes(await says(house, ""))
        assert "not good" in await says(house, f"approve {code}", "7002"), "another chat"
        house.clock.forward(minutes=10)
        assert "not good" in await says(house, f"approve {code}"), "too late"
        (code,) = codes(await says(house, ""))
        (newer,) = codes(await says(house, ""))
        assert "not good" in await says(house, f"approve {code}"), "the next list takes its place"
        assert "Somebody else must agree too" in await says(house, f"approve {newer}")
        assert "not good" in await says(house, f"approve {newer}"), "used"
        assert codes(await says(house, "")) == [], "who agreed is not asked again"


@story
async def test_a_code_is_not_for_what_somebody_wrote_instead(tmp_path):
    async with small(tmp_path, policies=with_refund("people = 2")) as house:
        await link(house)
        card = await held(house)
        (code,) = codes(await says(house, ""))
        await house.service.operators.add_as("ana", ["approver"], [], PASSWORD, "setup")
        house.tokens["ana"] = await house.service.people.sign_in("ana", PASSWORD)
        await house.service.edits.edit(card, {"amount": 9_800}, house.signed("ana"))
        assert "no longer what this code was for" in await says(house, f"approve {code}")
        assert "amount = 9800" in await says(house, "")


@story
async def test_nobody_approves_in_a_chat_what_they_asked_for(tmp_path):
    async with small(tmp_path, policies=TAKEN) as house:
        chat = await link(house, sender="4242")
        card = await held(house)
        assert codes(await says(house, "", "4242")) == []
        signed = house.signed("approver")
        assert "telegram:4242" in signed.operator.aliases
        await house.service.chats.unlink(chat, signed)
        with pytest.raises(AuthenticationError, match="can never approve"):
            await house.service.approvals.grant(card, house.signed("approver"))


@story
async def test_an_unlinked_chat_decides_nothing_and_a_yes_from_it_that_was_not_used_ends(tmp_path):
    async with small(tmp_path, policies=TAKEN) as house:
        chat = await link(house)
        await held(house)
        (code,) = codes(await says(house, ""))
        await says(house, f"approve {code}")
        await house.service.chats.unlink(chat, house.signed("approver"))
        assert "linked to nobody" in await says(house, "")
        again = await house.call("refund", "c1", REFUND)
        assert isinstance(again.decision, Hold)
        assert again.decision.reasons[0].policy == "clawband/lapsed"


@story
async def test_a_yes_from_a_chat_ends_when_policy_no_longer_takes_it(tmp_path):
    async with small(tmp_path, policies=TAKEN) as house:
        await link(house)
        await held(house)
        (code,) = codes(await says(house, ""))
        await says(house, f"approve {code}")
        await house.service.policies.publish_as(WORKFLOWS, "setup", "no chats")
        assert isinstance((await house.call("refund", "c1", REFUND)).decision, Hold)


@story
async def test_a_claim_counts_only_when_the_owner_confirms_it_in_time(tmp_path):
    async with small(tmp_path, policies=TAKEN) as house:
        chats, owner = house.service.chats, house.signed("approver")
        code = await chats.begin(owner)
        await says(house, f"link {code}", "6666")
        assert "linked to nobody" in await says(house, "", "6666"), "somebody saw the code"
        (claimed,) = chats.listed(owner)
        with pytest.raises(NotFoundError):
            await chats.confirm(claimed.id, house.signed("admin"))
        house.clock.forward(minutes=10)
        with pytest.raises(ConflictError, match="not confirmed in time"):
            await chats.confirm(claimed.id, house.signed("approver"))


@story
async def test_a_chat_belongs_to_one_account(tmp_path):
    async with small(tmp_path, policies=TAKEN) as house:
        await link(house)
        code = await house.service.chats.begin(house.signed("admin"))
        assert "linked already" in await says(house, f"link {code}")
        code = await house.service.chats.begin(house.signed("admin"))
        (mine,) = house.service.chats.listed(house.signed("approver"))
        await house.service.chats.unlink(mine.id, house.signed("approver"))
        assert "already belongs to `approver`" in await says(house, f"link {code}")


@story
async def test_an_account_made_anew_owns_no_chat_of_the_one_before(tmp_path):
    async with small(tmp_path, policies=TAKEN) as house:
        await link(house)
        await house.service.operators.remove_as("approver", "setup")
        house.clock.forward(seconds=1)
        await house.service.operators.add_as("approver", ["approver"], [], "x" * 20, "setup")
        assert "linked to nobody" in await says(house, "")


@story
async def test_no_gateway_speaks_for_the_people_of_another(tmp_path):
    async with small(tmp_path, policies=TAKEN) as house:
        await link(house)
        await held(house)
        (code,) = codes(await says(house, ""))
        _, other = await house.service.gateways.enroll("other", "dev", "setup")
        house.gateway = other
        assert "linked to nobody" in await says(house, f"approve {code}")


@story
async def test_what_a_chat_cannot_show_exactly_is_not_offered_there(tmp_path):
    tricks = [
        {**REFUND, "reason": "```\nall is well\n```"},
        {**REFUND, "reason": "paid\u202eback"},
        {**REFUND, "reason": "long " * 300},
    ]
    async with small(tmp_path, policies=TAKEN) as house:
        await link(house)
        for number, params in enumerate(tricks):
            await held(house, f"c{number}", params)
        shown = await says(house, "")
        assert codes(shown) == [] and "3 more" in shown
        assert "all is well" not in shown


@story
async def test_the_answer_may_leave_and_nothing_else(tmp_path):
    async with small(tmp_path, policies=TAKEN) as house:
        await link(house)
        await held(house)
        shown = await says(house, "")

        async def sent(text, to=PIA):
            event = {"content": text, "to": to, "metadata": {"channel": "telegram"}}
            told = {"agentId": None, "sessionKey": None, "runId": None, "requester": None}
            return (await house.ask("message", event, **told)).decision

        assert isinstance(await sent(shown), Permit)
        assert not isinstance(await sent(shown, "6666"), Permit)
        assert not isinstance(await sent(f"{shown}!"), Permit)
        house.clock.forward(minutes=2)
        assert not isinstance(await sent(shown), Permit)


@story
async def test_an_agent_that_says_our_words_in_a_run_is_asked_about_like_any_other(tmp_path):
    async with small(tmp_path, policies=TAKEN) as house:
        shown = await says(house, "what")
        event = {"content": shown, "to": PIA, "metadata": {"channel": "telegram"}}
        spoken = await house.ask("message", event, runId="r7")
        assert "clawband/chat" not in [each.policy for each in spoken.decision.reasons]


@story
async def test_a_paused_channel_says_nothing(tmp_path):
    async with small(tmp_path, policies=TAKEN) as house:
        shown = await says(house, "")
        await house.service.stops.pause("channel", "telegram", house.signed("admin"))
        event = {"content": shown, "to": PIA, "metadata": {"channel": "telegram"}}
        told = await house.ask("message", event, agentId=None, sessionKey=None, runId=None)
        assert not isinstance(told.decision, Permit)


@story
async def test_what_is_not_obeyed_is_recorded(tmp_path):
    async with small(tmp_path, policies=TAKEN) as house:
        await says(house, "approve AAAA-AAAA", "6666")
        (told,) = house.events("chat:refuse")
        assert (told.who, told.detail["chat"]) == ("telegram:6666", "sample:telegram:6666")
        assert "AAAA" not in str(told)


@story
async def test_what_was_shown_and_answered_is_forgotten_in_time(tmp_path):
    async with small(tmp_path, policies=TAKEN) as house:
        await link(house)
        await says(house, "")
        await house.service.chats.begin(house.signed("approver"))
        house.clock.forward(minutes=10)
        await house.service.chats.sweep()
        store = house.service.running.store
        kinds = ("chat-offers", "chat-answer", "chat-link")
        assert [len(store.documents(kind)) for kind in kinds] == [0, 0, 0]
        assert len(store.documents("chat")) == 1
