"""Sign-ins over time: their last use is kept across a restart, and what is over is forgotten."""

import pytest

from clawband.flows.invite import INVITATION
from clawband.flows.sessions import DEVICE, KNOWN_FOR, SESSION
from clawband.identity.session import IDLE, LIFE, Seen
from clawband.model.errors import AuthenticationError
from clawband.ports.unit import Unit
from tests.simulators.small import PASSWORD, service_on, small, story

HERE = Seen(address="10.0.0.1", agent="Firefox", device="d" * 64)


@story
async def test_the_last_use_outlives_a_restart(tmp_path):
    async with small(tmp_path, bare=True) as house:
        await house.service.operators.add_as("ana", ["viewer"], [], PASSWORD, "setup")
        secret = await house.service.people.sign_in("ana", PASSWORD, seen=HERE)
        house.clock.forward(seconds=IDLE.total_seconds() - 60)
        signed = house.service.operators.who(secret)
        await house.service.running.commit(Unit())  # after what was written beside
        kept = SESSION.get(signed.session, house.service.running.store).value
        assert kept.used == house.clock.now()
        await house.service.stop()
        house.service = service_on(tmp_path, house.clock, "another")
        await house.service.start()
        house.clock.forward(seconds=IDLE.total_seconds() - 1)
        assert house.service.operators.who(secret).name == "ana"
        house.clock.forward(seconds=IDLE.total_seconds())
        with pytest.raises(AuthenticationError, match="away"):
            house.service.operators.who(secret)


@story
async def test_what_is_over_is_forgotten(tmp_path):
    async with small(tmp_path, bare=True) as house:
        people, store = house.service.people, house.service.running.store
        await house.service.operators.add_as("ana", ["viewer"], [], PASSWORD, "setup")
        await people.sign_in("ana", PASSWORD, seen=HERE)
        await people.invite_as("noor", ["viewer"], (), "ana")
        await people.sweep()
        assert len(SESSION.all(store)) == len(INVITATION.all(store)) == len(DEVICE.all(store)) == 1
        house.clock.forward(seconds=2 * LIFE.total_seconds())
        await people.sweep()
        assert not SESSION.all(store) and not INVITATION.all(store) and DEVICE.all(store)
        house.clock.forward(seconds=KNOWN_FOR.total_seconds())
        await people.sweep()
        assert not DEVICE.all(store)


@story
async def test_what_a_stranger_typed_is_cut_and_not_kept(tmp_path):
    async with small(tmp_path, bare=True) as house:
        with pytest.raises(AuthenticationError):
            await house.service.people.sign_in("n" * 500, "p" * 5_000, "c" * 500, HERE)
        (refused,) = house.events("session:refuse")
        assert refused.who == refused.resource == ""
