"""Rotations in a small Clawband: every step, what goes wrong at it, and who may begin one."""

import asyncio
from dataclasses import replace

import pytest

from clawband.model.errors import (
    AuthenticationError,
    ConflictError,
    InputError,
    NotFoundError,
)
from clawband.model.rotation import Shape, Stand
from clawband.model.secret import Plan, Secret, State
from tests.simulators.clocks import START
from tests.simulators.rotor import MemoryRotor, TakingGateway, issued_by
from tests.simulators.small import House, small, story

PLAN = Plan(driver="memory", every_days=30, overlap_minutes=60)
CRM = Secret(
    name="crm/key", environment="dev", kind="api key", owner="ana", purpose="orders", added=START,
    gateways=("sample",), plan=PLAN,
)  # fmt: skip


async def kept(house: House, rotor: MemoryRotor, secret: Secret = CRM) -> TakingGateway:
    """The secret with its first value, its issuer, and the gateway that takes it."""
    service = house.service
    by = house.signed("builder")
    await service.secrets.add(secret, by)
    await service.secrets.put(secret.name, b"the first value", by)
    rotor.alive.add(b"the first value")
    vault = service.running.vaults["own"]

    def current() -> bytes:
        found = service.secrets.get(secret.name, by).current
        return vault.read(secret.name, found.number)

    gateway = TakingGateway(current)
    issued_by(service, rotor, gateway)
    return gateway


async def settled(house: House, id: str):
    """As far as it goes, with the time it asks for."""
    rotations = house.service.rotations
    for _ in range(40):
        now_is = await rotations.settled(id)
        if now_is.ended:
            return now_is
        if now_is.until:
            house.clock.forward(seconds=max(0, (now_is.until - house.clock.now()).total_seconds()))
        await rotations.tick()
    return now_is


def states(house: House, name: str = "crm/key") -> list[State]:
    found = house.service.secrets.get(name, house.signed("builder"))
    return [each.state for each in found.versions]


@story
async def test_a_rotation_ends_with_the_old_value_seen_dead(tmp_path):
    async with small(tmp_path) as house:
        rotor = MemoryRotor()
        gateway = await kept(house, rotor)
        rotations = house.service.rotations
        begun = await rotations.begin("crm/key", house.signed("operator"))
        waits = await rotations.settled(begun.id)
        assert waits.step == "overlap" and waits.until
        assert len(rotor.alive) == 2, "both are alive while those who have the old one finish"
        assert gateway.taken == [f"value-of-{begun.id}".encode()]
        house.clock.forward(minutes=59)
        await rotations.tick()
        assert (await rotations.settled(begun.id)).step == "overlap"
        house.clock.forward(minutes=1)
        await rotations.tick()
        done = await rotations.settled(begun.id)
        assert (done.outcome, done.problem) == ("rotated", "")
        assert [each.step for each in done.took] == [
            "create", "place", "prove", "switch", "tell", "overlap", "revoke", "bury",
        ]  # fmt: skip
        assert rotor.alive == {f"value-of-{begun.id}".encode()}
        assert states(house) == [State.DEAD, State.CURRENT]
        (end,) = house.events("secret:end")
        assert end.detail["proof"] == "401 Unauthorized" and end.who == "operator"
        (last,) = house.events("rotation:end")
        assert (last.outcome, last.detail["milliseconds"]) == ("rotated", 3_600_000)
        secret = house.service.secrets.get("crm/key", house.signed("builder"))
        with pytest.raises(NotFoundError):
            await house.service.secrets.value(secret, 1)
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"value-of-rot" not in path.read_bytes(), path


@story
async def test_a_rehearsal_proves_the_steps_and_touches_nobody(tmp_path):
    async with small(tmp_path) as house:
        rotor = MemoryRotor()
        gateway = await kept(house, rotor)
        begun = await house.service.rotations.begin(
            "crm/key", house.signed("operator"), rehearse=True
        )
        done = await house.service.rotations.settled(begun.id)
        assert done.outcome == "rehearsed" and gateway.taken == []
        assert [each.words for each in done.took][2:] == [
            "200 OK", "ended at the issuer", "version 2: 401 Unauthorized",
        ]  # fmt: skip
        assert rotor.alive == {b"the first value"}
        assert states(house) == [State.CURRENT, State.DEAD]
        assert all(each.detail["rehearsal"] for each in house.events("rotation:step"))


@story
async def test_after_a_leak_nothing_overlaps_and_every_living_value_ends(tmp_path):
    async with small(tmp_path) as house:
        rotor = MemoryRotor()
        await kept(house, rotor)
        await house.service.secrets.put("crm/key", b"the second value", house.signed("builder"))
        rotor.alive.add(b"the second value")
        begun = await house.service.rotations.begin(
            "crm/key", house.signed("operator"), at_once=True
        )
        assert (await house.service.rotations.settled(begun.id)).outcome == "rotated"
        assert states(house) == [State.DEAD, State.DEAD, State.CURRENT]
        assert len(house.events("secret:end")) == 2


@pytest.mark.parametrize("shape", [Shape.ONE, Shape.TAKES])
@story
async def test_an_issuer_that_knows_one_value(tmp_path, shape):
    async with small(tmp_path) as house:
        rotor = MemoryRotor(shape)
        gateway = await kept(house, rotor)
        rotations, by = house.service.rotations, house.signed("operator")
        with pytest.raises(InputError, match="one value at a time"):
            await rotations.begin("crm/key", by, rehearse=True)
        begun = await rotations.begin("crm/key", by)
        assert (await rotations.settled(begun.id)).outcome == "rotated"
        assert rotor.alive == {f"value-of-{begun.id}".encode()} == set(gateway.taken)
        assert states(house) == [State.DEAD, State.CURRENT]


@story
async def test_a_new_value_that_does_not_work_is_gone_back_from(tmp_path):
    async with small(tmp_path) as house:
        rotor = MemoryRotor(broken=True)
        gateway = await kept(house, rotor)
        begun = await house.service.rotations.begin("crm/key", house.signed("operator"))
        done = await settled(house, begun.id)
        assert done.outcome == "rolled back" and gateway.taken == []
        assert rotor.alive == {b"the first value"}
        assert states(house) == [State.CURRENT, State.DEAD]
        (failed,) = house.events("rotation:fail")
        assert "the value is refused: 401" in str(failed.detail["why"])


@story
async def test_an_issuer_that_takes_a_while_is_waited_for(tmp_path):
    async with small(tmp_path) as house:
        rotor = MemoryRotor(slow=3)
        await kept(house, rotor)
        begun = await house.service.rotations.begin("crm/key", house.signed("operator"))
        assert (await settled(house, begun.id)).outcome == "rotated"


@story
async def test_the_old_value_lives_until_every_gateway_has_the_new_one(tmp_path):
    async with small(tmp_path) as house:
        rotor = MemoryRotor()
        gateway = await kept(house, rotor)
        gateway.problem = "`ok` with 1 warnings"
        rotations = house.service.rotations
        begun = await rotations.begin("crm/key", house.signed("operator"))
        stuck = await rotations.settled(begun.id)
        assert stuck.step == "tell" and "goes on with the old value" in stuck.problem
        house.clock.forward(hours=9)
        await rotations.tick()
        assert (await rotations.settled(begun.id)).tries == 2
        assert len(rotor.alive) == 2, "nothing is ended"
        assert len(house.events("rotation:fail")) == 1, "the same reason is told once"
        assert [each.problem != "" for each in rotations.late()] == [True]
        gateway.problem = ""
        await rotations.resume(begun.id, house.signed("operator"))
        assert (await rotations.settled(begun.id)).step == "overlap"


@story
async def test_a_gateway_that_nobody_can_tell_is_named(tmp_path):
    async with small(tmp_path) as house:
        rotor = MemoryRotor()
        await kept(house, rotor)
        issued_by(house.service, rotor, None)
        begun = await house.service.rotations.begin("crm/key", house.signed("operator"))
        stuck = await house.service.rotations.settled(begun.id)
        assert "`sample` cannot be told" in stuck.problem


@story
async def test_an_issuer_that_ends_nothing_never_counts_as_a_proof(tmp_path):
    async with small(tmp_path) as house:
        rotor = MemoryRotor(deaf=True)
        await kept(house, rotor)
        rotations, by = house.service.rotations, house.signed("operator")
        begun = await rotations.begin("crm/key", by, at_once=True)
        stuck = await rotations.settled(begun.id)
        assert stuck.step == "bury" and "still opens: 200 OK" in stuck.problem
        assert states(house) == [State.PREVIOUS, State.CURRENT]
        assert house.events("secret:end") == []
        with pytest.raises(ConflictError, match="cannot go back"):
            await rotations.roll_back(begun.id, by)


@story
async def test_it_goes_back_from_the_overlap_to_the_old_value(tmp_path):
    async with small(tmp_path) as house:
        rotor = MemoryRotor()
        gateway = await kept(house, rotor)
        rotations, by = house.service.rotations, house.signed("operator")
        begun = await rotations.begin("crm/key", by)
        await rotations.settled(begun.id)
        await rotations.roll_back(begun.id, by, "the shop does not work with it")
        done = await rotations.settled(begun.id)
        assert done.outcome == "rolled back"
        assert gateway.taken[-1] == b"the first value" and rotor.alive == {b"the first value"}
        assert states(house) == [State.CURRENT, State.DEAD]
        with pytest.raises(ConflictError, match="has ended"):
            await rotations.resume(begun.id, by)


@story
async def test_of_two_at_once_one_conflicts(tmp_path):
    async with small(tmp_path) as house:
        await kept(house, MemoryRotor())
        begin, by = house.service.rotations.begin, house.signed("operator")
        told = await asyncio.gather(begin("crm/key", by), begin("crm/key", by),
                                    return_exceptions=True)  # fmt: skip
        assert sorted(isinstance(each, ConflictError) for each in told) == [False, True]
        assert len(house.events("rotation:begin")) == 1


@story
async def test_a_value_set_by_hand_meanwhile_is_not_run_over(tmp_path):
    async with small(tmp_path) as house:
        rotor = MemoryRotor(down=True)
        await kept(house, rotor)
        rotations, by = house.service.rotations, house.signed("builder")
        begun = await rotations.begin("crm/key", by)
        assert (await rotations.settled(begun.id)).problem.startswith("the issuer does not answer")
        await house.service.secrets.put("crm/key", b"by hand", by)
        rotor.down = False
        await rotations.resume(begun.id, by)
        stuck = await rotations.settled(begun.id)
        assert stuck.step == "switch" and "somebody set another value" in stuck.problem
        await rotations.roll_back(begun.id, by)
        assert (await rotations.settled(begun.id)).outcome == "rolled back"
        assert states(house) == [State.PREVIOUS, State.CURRENT, State.DEAD]


@story
async def test_a_secret_that_was_removed_ends_its_rotation(tmp_path):
    async with small(tmp_path) as house:
        await kept(house, MemoryRotor())
        rotations, by = house.service.rotations, house.signed("builder")
        begun = await rotations.begin("crm/key", by)
        await rotations.settled(begun.id)
        await house.service.secrets.remove("crm/key", by)
        house.clock.forward(hours=1)
        await rotations.tick()
        assert (await rotations.settled(begun.id)).outcome == "rolled back"


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
        assert done.outcome == "rotated" and rotations.late() == []
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
        assert "bank" not in {each.secret for each in rotations.late()}
        house.clock.forward(days=30)
        await rotations.turn()
        assert len([e for e in house.events("rotation:due") if e.resource.endswith("bank")]) == 2
