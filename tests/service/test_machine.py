"""What gateways tell of their machine is remembered, and the look at it is limited in time."""

import time

from clawband.model.access import Deny, Permit
from clawband.service import machine
from tests.simulators.guarded_machine import guarded_machine
from tests.simulators.small import small, story

DOCUMENT = {"agentId": "document", "sessionKey": "agent:document:telegram:direct:4242"}
OTHER = {**DOCUMENT, "sessionKey": "agent:document:subagent:1"}


class Stuck:
    """A file system that does not answer, as a network drive."""

    def protected(self, named, view):
        time.sleep(machine.SECONDS + 0.3)
        return frozenset()


async def read(house, path, **context):
    return await house.call("read", f"c-{path}-{len(context)}", {"path": path}, **context)


@story
async def test_a_call_is_judged_by_the_folder_that_its_run_told(tmp_path):
    guarded = guarded_machine(tmp_path / "m")
    async with small(tmp_path / "house", files=guarded.files) as house:
        before = await read(house, "notes.md", **DOCUMENT)
        assert before.request.facts.protected == {"unresolvable"}
        await house.ask("run", {"prompt": "x"}, workspaceDir=str(guarded.workspace), **DOCUMENT)
        after = await read(house, "./notes.md", **DOCUMENT)
        assert isinstance(after.decision, Permit)
        assert after.request.facts.protected == frozenset()


@story
async def test_a_session_elsewhere_does_not_move_another_one(tmp_path):
    guarded = guarded_machine(tmp_path / "m")
    guarded.link("state", guarded.root / "gw/state")
    async with small(tmp_path / "house", files=guarded.files) as house:
        await house.ask("run", {"prompt": "x"}, workspaceDir=str(guarded.workspace), **DOCUMENT)
        await house.ask("run", {"prompt": "x"}, workspaceDir=str(guarded.root / "else"), **OTHER)
        found = await read(house, "state/openclaw.json", **DOCUMENT)
        assert found.request.facts.protected == {"openclaw-config"}
        assert found.request.workspace == str(guarded.workspace)


@story
async def test_home_is_what_the_gateway_told(tmp_path):
    guarded = guarded_machine(tmp_path / "m")
    async with small(tmp_path / "house", files=guarded.files) as house:
        told = {"prompt": "x", "home": str(guarded.root / "gw")}
        await house.ask("run", told, workspaceDir=str(guarded.workspace), **DOCUMENT)
        found = await read(house, "~/token", **DOCUMENT)
        assert found.request.facts.protected == {"credentials"}


@story
async def test_a_file_system_that_does_not_answer_is_a_refusal(tmp_path):
    async with small(tmp_path / "house", files=Stuck()) as house:
        decided = await read(house, "notes.md", **DOCUMENT)
        assert decided.request.facts.protected == {"unresolvable"}
        assert isinstance(decided.decision, Deny)
