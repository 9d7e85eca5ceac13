"""Rotations in a small Clawband: every step, what goes wrong at it, and who may begin one."""

import asyncio

import pytest

from clawband.model.errors import ConflictError, InputError, NotFoundError
from clawband.model.rotation import Shape
from clawband.model.secret import State
from tests.service.rotating import kept, settled, states
from tests.simulators.rotor import MemoryRotor, issued_by
from tests.simulators.small import small, story


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
        (line,) = rotations.calendar(house.signed("operator"))
        assert "goes on with the old value" in line.problem
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
async def test_an_issuer_that_refuses_everybody_proves_nothing(tmp_path):
    async with small(tmp_path) as house:
        rotor = MemoryRotor(deaf=True)
        await kept(house, rotor)
        begun = await house.service.rotations.begin("crm/key", house.signed("operator"))
        await house.service.rotations.settled(begun.id)
        living, rotor.alive = rotor.alive, set()
        now_is = await settled(house, begun.id)
        assert now_is.step == "bury" and "is refused as well" in now_is.problem
        assert not house.events("secret:end")
        rotor.deaf, rotor.alive = False, living - {b"the first value"}
        assert (await settled(house, begun.id)).outcome == "rotated"


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


class DefectiveRotor(MemoryRotor):
    def place(self, job, made):
        self.asked.append("place")
        raise LookupError("what no driver should raise")


@story
async def test_a_defect_of_a_driver_waits_like_any_failure(tmp_path):
    async with small(tmp_path) as house:
        rotor = DefectiveRotor()
        await kept(house, rotor)
        begun = await house.service.rotations.begin("crm/key", house.signed("builder"))
        stuck = await house.service.rotations.settled(begun.id)
        assert (stuck.step, stuck.problem) == ("place", "a defect: LookupError")
        await house.service.rotations.tick()
        assert rotor.asked.count("place") == 1, "it is not asked again at once"


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
async def test_a_gateway_that_was_last_given_the_old_value_has_not_taken_the_new_one(tmp_path):
    async with small(tmp_path) as house:
        rotor = MemoryRotor(down=True)
        await kept(house, rotor)
        rotations, by = house.service.rotations, house.signed("operator")
        begun = await rotations.begin("crm/key", by)
        await rotations.settled(begun.id)
        assert house.gateway
        await house.service.lending.resolve(house.gateway, ["crm/key"])
        rotor.down = False
        await rotations.resume(begun.id, by)
        stuck = await rotations.settled(begun.id)
        assert stuck.step == "tell" and "last given version 1" in stuck.problem
        await house.service.lending.resolve(house.gateway, ["crm/key"])
        await rotations.resume(begun.id, by)
        now_is = await rotations.settled(begun.id)
        assert now_is.took[-1].words == "taken by sample" and not now_is.problem


@story
async def test_a_value_that_the_vault_lost_is_not_told_to_be_dead(tmp_path):
    async with small(tmp_path) as house:
        rotor = MemoryRotor()
        await kept(house, rotor)
        await house.service.secrets.put("crm/key", b"the second value", house.signed("builder"))
        rotor.alive.add(b"the second value")
        house.service.running.vaults["own"].drop("crm/key", 1)
        rotations, by = house.service.rotations, house.signed("operator")
        begun = await rotations.begin("crm/key", by, at_once=True)
        assert (await rotations.settled(begun.id)).outcome == "rotated"
        assert states(house) == [State.PREVIOUS, State.DEAD, State.CURRENT]
        begun = await rotations.begin("crm/key", by)
        await rotations.settled(begun.id)
        house.service.running.vaults["own"].drop("crm/key", 3)
        house.clock.forward(hours=1)
        await rotations.tick()
        stuck = await rotations.settled(begun.id)
        assert "version 3 of `crm/key` is in its vault no more" in stuck.problem
