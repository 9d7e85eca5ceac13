"""What the calendar begins by itself, what it wants in vain, and who and what may be rotated."""

from dataclasses import replace

import pytest

from clawband.model.errors import AuthenticationError, InputError, NotFoundError
from clawband.model.rotation import Stand
from clawband.model.secret import Plan
from tests.service.rotating import CRM, PLAN, kept, settled
from tests.simulators.rotor import MemoryRotor
from tests.simulators.small import small, story


@story
async def test_what_a_plan_refers_to_is_of_the_same_environment(tmp_path):
    async with small(tmp_path) as house:
        rotor, by = MemoryRotor(), house.signed("builder")
        plan = replace(PLAN, options={"admin": "Bearer {secret:crm/admin}"})
        await kept(house, rotor, replace(CRM, plan=plan))
        begin = house.service.rotations.begin
        with pytest.raises(InputError, match="which dev has not"):
            await begin("crm/key", by)
        admin = replace(CRM, name="crm/admin", environment="production", plan=None)
        await house.service.secrets.add(admin, house.signed("admin"))
        with pytest.raises(InputError, match="which dev has not"):
            await begin("crm/key", by)
        await house.service.secrets.remove("crm/admin", house.signed("admin"))
        await house.service.secrets.add(replace(admin, environment="dev"), by)
        await house.service.secrets.put("crm/admin", b"the key of keys", by)
        begun = await begin("crm/key", by)
        await house.service.rotations.settled(begun.id)
        assert rotor.lent == {"crm/admin": b"the key of keys"}


@story
async def test_who_rotates_and_who_does_not(tmp_path):
    async with small(tmp_path) as house:
        await kept(house, MemoryRotor())
        rotations = house.service.rotations
        for role in ("approver", "auditor", "viewer"):
            with pytest.raises(AuthenticationError):
                await rotations.begin("crm/key", house.signed(role))
        begun = await rotations.begin("crm/key", house.signed("builder"))
        assert [each.id for each in rotations.listed(house.signed("viewer"))] == [begun.id]
        for act in (rotations.resume, rotations.roll_back):
            with pytest.raises(AuthenticationError):
                await act(begun.id, house.signed("viewer"))
        with pytest.raises(NotFoundError):
            rotations.get("rot_none", house.signed("viewer"))
        with pytest.raises(NotFoundError):
            await rotations.begin("crm/none", house.signed("builder"))


@pytest.mark.parametrize(("secret", "says"), [
    (replace(CRM, plan=None), "no plan"),
    (replace(CRM, plan=replace(PLAN, driver="none")), "there is no driver `none`"),
])  # fmt: skip
@story
async def test_what_cannot_be_rotated(tmp_path, secret, says):
    async with small(tmp_path) as house:
        await kept(house, MemoryRotor(), secret)
        with pytest.raises(InputError, match=says):
            await house.service.rotations.begin("crm/key", house.signed("builder"))


@story
async def test_the_calendar_begins_what_is_due(tmp_path):
    async with small(tmp_path) as house:
        await kept(house, MemoryRotor())
        rotations, by = house.service.rotations, house.signed("viewer")
        await rotations.turn()
        assert house.events("rotation:begin") == []
        assert [each.stand for each in rotations.calendar(by)] == [Stand.LATER]
        house.clock.forward(days=30)
        await rotations.turn()
        (begun,) = house.events("rotation:begin")
        assert begun.who == ""
        done = await settled(house, str(begun.detail["rotation"]))
        assert done.outcome == "rotated"
        await rotations.turn()
        assert len(house.events("rotation:begin")) == 1
        assert house.events("rotation:due") == []


@story
async def test_what_the_calendar_wants_in_vain_is_said_once(tmp_path):
    async with small(tmp_path) as house:
        rotor = MemoryRotor(broken=True)
        await kept(house, rotor)
        by_hand = replace(CRM, name="bank", plan=Plan(driver="by-hand", every_days=30))
        await house.service.secrets.add(by_hand, house.signed("builder"))
        await house.service.secrets.put("bank", b"typed by a person", house.signed("builder"))
        rotations, by = house.service.rotations, house.signed("builder")
        house.clock.forward(days=30)
        await rotations.turn()
        await settled(house, str(house.events("rotation:begin")[0].detail["rotation"]))
        for _ in range(3):
            await rotations.turn()
        assert len(house.events("rotation:begin")) == 1, "not again at once"
        (bank,) = house.events("rotation:due")
        assert bank.resource == "Secret::bank" and bank.detail["owner"] == "ana"
        house.clock.forward(days=1)
        await rotations.turn()
        assert [each.resource for each in house.events("rotation:due")][1:] == ["Secret::crm/key"]
        assert len(house.events("rotation:begin")) == 2
        await house.service.secrets.put("bank", b"typed again", by)
        house.clock.forward(days=30)
        await rotations.turn()
        assert len([e for e in house.events("rotation:due") if e.resource.endswith("bank")]) == 2
