"""Leaks in a small Clawband: opened, carried on by itself and by people, closed when proved."""

import base64
from dataclasses import replace

import pytest

from clawband.adapters.filesystem.copies import MachineFolders
from clawband.adapters.filesystem.guarded import Guarded
from clawband.flows import lend
from clawband.flows.leak import Asked, Came
from clawband.model.access import Deny, Permit
from clawband.model.errors import (
    AuthenticationError,
    ConflictError,
    InputError,
    NotFoundError,
)
from clawband.model.honeytoken import Place, Sighting
from clawband.model.leak import Result, Step
from clawband.model.rotation import Shape
from clawband.model.secret import State
from clawband.service.watch import Watch
from tests.service.rotating import CRM, kept, settled
from tests.simulators.rotor import MemoryRotor
from tests.simulators.small import House, small, story

VALUE = b"the first value"
HOW = Asked(how="a colleague pasted it into a chat")
ME = "operator"


def results(leak):
    return {str(each.step): str(each.result) for each in leak.tasks}


async def ready(house: House, folder=None) -> MemoryRotor:
    """A kept secret, its issuer, and a gateway whose state is in a folder."""
    rotor = MemoryRotor(Shape.TWO)
    await kept(house, rotor)
    if folder:
        state = Guarded(config=str(folder / "openclaw.json"))
        object.__setattr__(house.service.running, "folders", MachineFolders({"sample": state}))
    return rotor


async def opened(house: House, asked: Asked = HOW):
    return await house.service.leaks.open("crm/key", asked, house.signed(ME))


def now_is(house: House, id: str):
    return house.service.leaks.get(id, house.signed(ME)).value


@story
async def test_from_the_report_to_the_proof_that_the_value_is_dead(tmp_path):
    state = tmp_path / "state"
    state.mkdir()
    (state / "openclaw.json").write_text('{\n  "key": "the first value"\n}\n')
    async with small(tmp_path / "house") as house:
        rotor = await ready(house, state)
        leaks, me = house.service.leaks, house.signed(ME)
        _, other = await house.service.gateways.enroll("other", "dev", "setup")
        await house.service.lending.resolve(other, ["crm/key"])
        leak = await opened(house)
        assert set(results(leak.value).values()) == {"open"} and leak.value.by == ME
        await leaks.tick()
        done = now_is(house, leak.id)
        assert done.task(Step.REVIEW).says.startswith("other: refused 1 times")
        assert [each.where for each in done.copies] == [f"{state}/openclaw.json:2"]
        assert done.task(Step.TRACE).result is Result.DONE
        with pytest.raises(ConflictError, match="was not seen dead"):
            await leaks.close(leak.id, me)
        await leaks.take(leak.id, Step.CONTAIN, me)
        secret = house.service.secrets.get("crm/key", me)
        assert isinstance(lend.resolve(secret, house.gateway), Deny)
        await leaks.take(leak.id, Step.ROTATE, me)
        await settled(house, now_is(house, leak.id).rotation)
        await leaks.tick()
        done = now_is(house, leak.id)
        assert done.task(Step.PROVE).result is Result.DONE and VALUE not in rotor.alive
        (ended,) = house.events("secret:end")
        assert done.task(Step.PROVE).evidence == (ended.id,)
        assert str(ended.detail["proof"]) in done.task(Step.PROVE).says
        secret = house.service.secrets.get("crm/key", me)
        assert isinstance(lend.resolve(secret, house.gateway), Permit), "the new one is lent"
        notified = Came(step=Step.NOTIFY, result=Result.DONE, says="told ana by telephone")
        await leaks.mark(leak.id, notified, me)
        closed = await leaks.close(leak.id, me)
        assert closed.closed and not closed.accepted
        (told,) = house.events("leak:close")
        assert told.outcome == "proved dead" and told.detail["leak"] == leak.id


@story
async def test_one_run_for_a_secret_at_a_time(tmp_path):
    async with small(tmp_path) as house:
        await ready(house)
        first = await opened(house)
        with pytest.raises(ConflictError, match=first.id):
            await opened(house)
        await house.service.leaks.close(first.id, house.signed(ME), "it was a test value")
        house.clock.forward(seconds=1)
        again = await opened(house)
        assert again.id != first.id
        assert [each.id for each in house.service.leaks.listed(house.signed("viewer"))] == [
            again.id, first.id,
        ]  # fmt: skip


@story
async def test_what_is_accepted_needs_a_reason_and_is_lent_again(tmp_path):
    async with small(tmp_path) as house:
        await ready(house)
        leaks, me = house.service.leaks, house.signed(ME)
        leak = await opened(house)
        await leaks.take(leak.id, Step.CONTAIN, me)
        with pytest.raises(ConflictError):
            await leaks.close(leak.id, me, "  ")
        closed = await leaks.close(leak.id, me, "it opens nothing outside of this house")
        assert closed.accepted and closed.closed_by == ME
        secret = house.service.secrets.get("crm/key", me)
        assert isinstance(lend.resolve(secret, house.gateway), Permit)
        with pytest.raises(ConflictError, match="is closed"):
            await leaks.take(leak.id, Step.REVIEW, me)


@story
async def test_nobody_can_say_that_a_value_is_dead(tmp_path):
    async with small(tmp_path) as house:
        await ready(house)
        leaks, me = house.service.leaks, house.signed(ME)
        leak = await opened(house)
        said = Came(step=Step.PROVE, result=Result.DONE, says="believe me")
        with pytest.raises(InputError):
            await leaks.mark(leak.id, said, me)
        with pytest.raises(InputError):
            await leaks.take(leak.id, Step.PROVE, me)
        with pytest.raises(InputError):
            await leaks.mark(leak.id, replace(said, step=Step.TRACE, says=" "), me)
        # A new value alone is no proof: the one that leaked still opens what it opened.
        await house.service.secrets.put("crm/key", b"a second value", house.signed("builder"))
        await leaks.tick()
        done = now_is(house, leak.id)
        assert done.task(Step.ROTATE).result is Result.DONE
        assert done.task(Step.PROVE).result is Result.OPEN
        with pytest.raises(ConflictError, match="version 1 of `crm/key` was not seen dead"):
            await leaks.close(leak.id, me)


@story
async def test_a_rotation_that_is_rolled_back_is_no_step_taken(tmp_path):
    async with small(tmp_path) as house:
        await ready(house)
        leaks, me = house.service.leaks, house.signed(ME)
        leak = await opened(house)
        await leaks.take(leak.id, Step.ROTATE, me)
        rotation = now_is(house, leak.id).rotation
        await house.service.rotations.roll_back(rotation, me)
        await settled(house, rotation)
        await leaks.tick()
        done = now_is(house, leak.id)
        assert done.task(Step.ROTATE).result is Result.FAILED
        assert "rolled back" in done.task(Step.ROTATE).says


@story
async def test_it_is_opened_by_its_value_or_its_print_and_by_nothing_else(tmp_path):
    async with small(tmp_path) as house:
        await ready(house)
        leaks, me = house.service.leaks, house.signed(ME)
        print_ = house.service.secrets.get("crm/key", me).versions[0].print
        for wrong in ("", print_[:8], "f" * 64):
            with pytest.raises(NotFoundError):
                await leaks.open_by_print(wrong, HOW, me)
        with pytest.raises(NotFoundError):
            await leaks.open_by_value(b"another value", HOW, me)
        leak = await leaks.open_by_value(VALUE, HOW, me)
        assert leak.value.versions == (1,)
        await leaks.close(leak.id, me, "a drill")
        assert (await leaks.open_by_print(print_[:16], HOW, me)).value.secret == "crm/key"


@story
async def test_what_passes_a_boundary_in_plain_text_opens_a_run_at_once(tmp_path):
    async with small(tmp_path) as house:
        await ready(house)
        hidden = base64.b64encode(b"key: " + VALUE).decode()
        await house.ask("run", {"prompt": "hello"})
        for call in ("c1", "c2"):
            await house.call("message", call, {"message": f"it is {hidden}"})
        (told,) = house.events("leak:open")
        assert told.who == "" and told.detail["places"] == ["call of sample/support"]
        assert told.resource == "Secret::crm/key"
        await house.service.leaks.tick()
        leak = now_is(house, told.detail["leak"])
        assert leak.task(Step.TRACE).says.startswith("call of sample/support at ")
        assert "began with a message of" in leak.task(Step.TRACE).says
        await house.ask("reply", {"payload": {"text": VALUE.decode()}, "runId": "r1"})
        assert len(house.events("leak:open")) == 1
        assert len(now_is(house, told.detail["leak"]).copies) == 2


@story
async def test_a_dead_value_in_an_old_conversation_is_no_leak(tmp_path):
    async with small(tmp_path) as house:
        await ready(house)
        me = house.signed(ME)
        begun = await house.service.rotations.begin("crm/key", me, at_once=True)
        await settled(house, begun.id)
        states = [each.state for each in house.service.secrets.get("crm/key", me).versions]
        assert states == [State.DEAD, State.CURRENT]
        await house.call("message", "c1", {"message": VALUE.decode()})
        assert not house.events("leak:open")


@story
async def test_a_gateway_may_send_by_itself_what_it_was_given(tmp_path):
    async with small(tmp_path) as house:
        await ready(house)
        service = house.service
        watch = Watch(service.running, service.honeytokens.lures, service.sightings)

        def passing(gateway, basis):
            return Sighting(place=Place.EGRESS, gateway=gateway, detail={"basis": basis})

        await watch.met(b"authorization: " + VALUE, passing("sample", "standing"))
        assert not house.events("leak:open")
        await watch.met(b"authorization: " + VALUE, passing("other", "standing"))
        (told,) = house.events("leak:open")
        await service.leaks.close(told.detail["leak"], house.signed(ME), "a drill")
        await watch.met(b"authorization: " + VALUE, passing("sample", "call"))
        assert len(house.events("leak:open")) == 2, "nothing of an agent has it"


@story
async def test_a_scan_that_found_it_opens_the_run(tmp_path):
    async with small(tmp_path) as house:
        await ready(house)
        me = house.signed(ME)
        assert await house.service.sightings.found(b"something else", "/srv/a:1", me) == ""
        assert await house.service.sightings.found(VALUE, "/srv/.env:3", me) == "crm/key"
        assert await house.service.sightings.found(VALUE, "/srv/.env:3", me) == "crm/key"
        assert len(house.events("leak:open")) == 1 and not house.events("leak:step")
        assert (
            await house.service.sightings.found(VALUE, "/srv/.env:4", house.signed("viewer"))
            == "crm/key"
        )
        assert len(house.events("leak:open")) == len(house.events("leak:step")) == 1


@story
async def test_who_carries_a_leak_on_and_who_does_not(tmp_path):
    async with small(tmp_path) as house:
        await ready(house)
        leaks = house.service.leaks
        for role in ("approver", "auditor", "viewer"):
            with pytest.raises(AuthenticationError):
                await leaks.open("crm/key", HOW, house.signed(role))
        leak = await opened(house)
        for act in (
            lambda by: leaks.take(leak.id, Step.REVIEW, by),
            lambda by: leaks.assign(leak.id, Step.TRACE, "ana", by),
            lambda by: leaks.close(leak.id, by, "because"),
        ):
            with pytest.raises(AuthenticationError):
                await act(house.signed("viewer"))
        await leaks.assign(leak.id, Step.TRACE, "ana", house.signed(ME))
        assert now_is(house, leak.id).task(Step.TRACE).owner == "ana"
        for wrong in (0, 99_999):
            with pytest.raises((InputError, ConflictError)):
                await opened(house, replace(HOW, minutes=wrong))
        with pytest.raises(NotFoundError):
            leaks.get("none", house.signed("admin"))


@story
async def test_the_clock_runs(tmp_path):
    async with small(tmp_path) as house:
        await ready(house)
        leak = await opened(house, replace(HOW, minutes=30))
        assert not leak.value.overdue(house.clock.now())
        house.clock.forward(minutes=31)
        assert leak.value.overdue(house.clock.now())
        assert CRM.name == leak.value.secret
