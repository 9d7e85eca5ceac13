"""From a message to everything it caused, asked by any id on the way."""

import pytest

from clawband.flows.walk import walk
from clawband.model.errors import NotFoundError
from tests.simulators.small import SESSION, small, story


async def turn(house, run, message):
    """A message, a call with its result, a held call, a reply and its delivery."""

    def report(hook, seq, **event):
        context = {"sessionKey": SESSION, "agentId": "support"}
        return {"seq": seq, "hook": hook, "event": event, "ctx": context}

    gateways = house.service.gateways
    await gateways.report(
        house.gateway, run, [report("message_received", 1, messageId=message, senderId="4242")]
    )
    house.clock.forward(seconds=1)
    asked = await house.ask("run", {"prompt": "hello", "runId": run}, runId=run)
    call = await house.call("crm_read", f"{run}-c1", {"id": "1"}, runId=run)
    done = report("after_tool_call", 2, toolName="crm_read", toolCallId=f"{run}-c1", runId=run)
    await gateways.report(house.gateway, run, [done])
    result = {"toolName": "crm_read", "toolCallId": f"{run}-c1", "text": "x", "runId": run}
    await house.ask("result", result, runId=run)
    held = await house.call("refund", f"{run}-c2", {"amount": 1}, runId=run)
    reply = {"payload": {"text": f"done {run}"}, "runId": run}
    await house.ask("reply", reply, runId=run, messageId=message)
    await house.ask("message", {"content": f"done {run}", "to": "telegram:4242"}, runId="")
    house.clock.forward(seconds=1)
    return asked, call, held


TAGS = [
    "message:receive", "decision:permit", "decision:permit", "call:finish", "decision:permit",
    "decision:hold", "approval:open", "decision:permit", "decision:permit",
]  # fmt: skip


@story
async def test_every_id_leads_to_the_whole_turn(tmp_path):
    async with small(tmp_path) as house:
        asked, call, held = await turn(house, "r1", "m1")
        house.clock.forward(minutes=10)
        await turn(house, "r2", "m2")
        store = house.service.running.store
        whole = walk("r1", store)
        assert [step.leaf.event.tag for step in whole.steps] == TAGS
        assert (whole.run, whole.session) == ("r1", SESSION)
        for named in (asked.id, call.id, held.id, "r1-c1", "m1", held.decision.approval):
            found = walk(named, store)
            assert [step.leaf.index for step in found.steps] == [
                step.leaf.index for step in whole.steps
            ], named
        first, last = whole.steps[0], whole.steps[-1]
        assert first.joined == last.joined == "session and time", "said, not guessed"
        assert {step.depth for step in whole.steps} == {0, 1, 2}


@story
async def test_the_grant_and_the_second_attempt_belong_to_it(tmp_path):
    async with small(tmp_path) as house:
        _, _, held = await turn(house, "r1", "m1")
        await house.service.approvals.grant(held.decision.approval, house.signed("approver"))
        await house.call("refund", "r1-c2", {"amount": 1}, runId="r1")
        tags = [step.leaf.event.tag for step in walk("r1", house.service.running.store).steps]
        assert {"approval:grant", "approval:spend"} <= set(tags)


@story
async def test_what_nobody_knows_is_said(tmp_path):
    async with small(tmp_path) as house:
        for unknown in ("nobody", "", "apr_nobody", "' OR 1=1"):
            with pytest.raises(NotFoundError):
                walk(unknown, house.service.running.store)
