"""Rotations over the API: begun by who may, looked at by the others, and never with a value."""

from dataclasses import replace

from clawband.model.secret import Plan
from tests.edges.api.calling import calling, is_problem
from tests.service.rotating import CRM, kept
from tests.simulators.rotor import MemoryRotor
from tests.simulators.small import story


@story
async def test_a_rotation_with_its_steps(tmp_path):
    async with calling(tmp_path) as caller:
        house, rotor = caller.house, MemoryRotor()
        await kept(house, rotor)
        begun = await caller.operate("POST", "/rotations", {"secret": "crm/key"}, role="operator")
        named = begun.json()["rotation"]["id"]
        await house.service.rotations.settled(named)
        shown = await caller.operate("GET", f"/rotations/{named}", role="viewer")
        told = shown.json()["rotation"]
        assert (told["step"], told["returnable"], told["by"]) == ("overlap", True, "operator")
        assert [each["step"] for each in told["steps"]][:2] == ["create", "place"]
        (planned,) = (await caller.operate("GET", "/rotation-calendar")).json()["calendar"]
        assert (planned["running"], planned["stand"]) == (named, "in time")
        back = await caller.operate(
            "POST", f"/rotations/{named}/roll-back", {"because": "no"}, role="operator"
        )
        assert back.json()["rotation"]["back"]
        await house.service.rotations.settled(named)
        (listed,) = (await caller.operate("GET", "/rotations")).json()["rotations"]
        assert listed["outcome"] == "rolled back" and listed["ended"]
        is_problem(await caller.operate("POST", f"/rotations/{named}/resume"), 409)
        assert "value" not in shown.text.replace("values", "").replace("the value", "")


@story
async def test_what_cannot_begin_is_said(tmp_path):
    async with calling(tmp_path) as caller:
        await kept(caller.house, MemoryRotor(), replace(CRM, plan=Plan(driver="none")))
        is_problem(await caller.operate("POST", "/rotations", {"secret": "crm/key"}), 400)
        is_problem(await caller.operate("POST", "/rotations", {"secret": "crm/none"}), 404)
        is_problem(await caller.operate("POST", "/rotations", {"secret": "a", "now": True}), 400)
        is_problem(await caller.operate("GET", "/rotations/rot_none"), 404)
        is_problem(
            await caller.operate("POST", "/rotations", {"secret": "crm/key"}, role="viewer"), 403
        )
