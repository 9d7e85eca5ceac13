"""From the plugin's words to an answer: the run knows who asked when the hook does not say."""

from clawband.model.access import NOBODY, Permit
from tests.simulators.small import small, story


@story
async def test_the_requester_of_a_run_is_that_of_its_message(tmp_path):
    async with small(tmp_path) as house:
        await house.ask("run", {"prompt": "hello"})
        decided = await house.call("crm_read", "c1", requester=None)
        assert decided.request.requester.id == "telegram:4242"
        other = await house.call("crm_read", "c2", requester=None, runId="r2")
        assert other.request.requester is NOBODY


@story
async def test_a_result_is_that_of_the_tool_that_was_permitted(tmp_path):
    async with small(tmp_path) as house:
        await house.ask("run", {"prompt": "hello"})
        await house.call("crm_read", "c1")
        event = {"toolName": "tool_call", "toolCallId": "c1", "text": "x"}
        decided = await house.ask("result", event)
        assert decided.request.resource.id == "crm_read"
        assert isinstance(decided.decision, Permit)


@story
async def test_an_agent_in_no_workflow_is_refused_everything(tmp_path):
    async with small(tmp_path) as house:
        for agent in ("nobody", "", "sample/support", "other/support", "Support", "support "):
            context = {"agentId": agent, "sessionKey": "x"}
            for decided in (
                await house.ask("run", {"prompt": "hello"}, **context),
                await house.call("crm_read", "c", **context),
                await house.ask("reply", {"payload": {"text": "x"}}, **context),
            ):
                assert decided.decision.verdict == "deny", agent
