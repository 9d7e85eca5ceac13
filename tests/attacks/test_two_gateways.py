"""A gateway that speaks of another one's sessions, runs and calls by their exact names."""

from dataclasses import replace

import pytest

from clawband.model.access import NOBODY, Permit
from tests.simulators.small import SESSION, WORKFLOWS, small, story

BOTH = {
    name: text.replace('"sample/support"', '"sample/support", "other/support"')
    for name, text in WORKFLOWS.items()
}
REPLY = {"payload": {"text": "it is on its way"}}
RESULT = {"toolName": "crm_read", "toolCallId": "c1", "runId": "r1", "text": "name: Ana"}
NOT_SAID = {"channel": "", "senderId": None}


async def neighbours(house):
    """The sample gateway has had a whole turn; the other one has had none."""
    await house.service.policies.publish_as(BOTH, "setup", "both")
    _, gateway = await house.service.gateways.enroll("other", "dev", "setup")
    assert _permits(await house.ask("run", {"prompt": "where is my order?"}))
    assert _permits(await house.call("crm_read", "c1"))
    assert _permits(await house.ask("result", RESULT))
    assert _permits(await house.ask("reply", REPLY, conversationId="4242"))
    return replace(house, gateway=gateway)


def _permits(decided):
    return isinstance(decided.decision, Permit)


def _reasons(decided):
    return {reason.policy for reason in decided.decision.reasons}


@pytest.mark.parametrize("call", ["c1", ""])
@story
async def test_it_reads_no_result_of_a_call_of_the_other(tmp_path, call):
    async with small(tmp_path) as house:
        other = await neighbours(house)
        for run in ("r1", ""):
            result = {**RESULT, "toolCallId": call, "runId": run}
            decided = await other.ask("result", result, runId=run)
            assert _reasons(decided) == {"clawband/unreported-call"}


@story
async def test_it_delivers_no_reply_of_the_other(tmp_path):
    async with small(tmp_path) as house:
        other = await neighbours(house)
        sent = {"content": REPLY["payload"]["text"], "to": "4242"}
        for session in (SESSION, ""):
            theirs = await other.ask("message", sent, runId="", sessionKey=session)
            assert "clawband/delivery" not in _reasons(theirs)
        ours = await house.ask("message", sent, runId="")
        assert _reasons(ours) == {"clawband/delivery"}


@story
async def test_it_acts_for_no_requester_of_the_other(tmp_path):
    async with small(tmp_path) as house:
        other = await neighbours(house)
        question = {"toolName": "crm_read", "params": {}, "runId": "r1", "toolCallId": "c2"}
        ours = await house.ask("tool", question, requester=NOT_SAID)
        assert ours.request.requester.id == "telegram:4242"
        theirs = await other.ask("tool", question, requester=NOT_SAID)
        assert theirs.request.requester == NOBODY


@story
async def test_it_has_no_label_of_the_other(tmp_path):
    async with small(tmp_path) as house:
        other = await neighbours(house)
        store = house.service.running.store
        assert store.label(f"sample/{SESSION}") and store.sources(f"sample/{SESSION}").readings
        assert store.label(f"other/{SESSION}") is None
        assert store.sources(f"other/{SESSION}").readings == ()
        # A session that was there before us is untrusted, however clean its namesake is.
        (leaf, *_) = (await other.call("crm_read", "c9", runId="r9")).unit.events
        assert leaf.detail["integrity"] == 0
