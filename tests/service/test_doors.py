"""Front doors: a code for one browser, a secret for one door, and an end at once."""

import asyncio
import base64
from hashlib import sha256

import pytest

from clawband.identity.session import IDLE
from clawband.model.doors import DoorSettings
from clawband.model.errors import AuthenticationError, NotFoundError
from clawband.service.doors import CODE, Browser
from clawband.service.tally import SINGLY, WINDOW
from tests.simulators.small import PASSWORD, small, story

SCOPES = {"operator": ("operator.read", "operator.write"), "viewer": ("operator.read",)}
DOORS = tuple(
    DoorSettings(
        name=name, gateway="sample", listen=f"127.0.0.1:{port}",
        origin=f"http://{name}.localhost:{port}", roles=SCOPES,
    )
    for name, port in (("shop", 8630), ("lab", 8631))
)  # fmt: skip
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
HERE = Browser(address="203.0.113.9", agent="Firefox")


async def came(house, role="operator", door="shop"):
    """Somebody who signed in on the console goes through."""
    signed = await house.in_browser(role)
    _, code = await house.service.doors.invite(door, CHALLENGE, signed)
    secret, guest = await house.service.doors.enter(door, code, VERIFIER, HERE)
    return signed, secret, guest


@story
async def test_a_person_comes_in_with_the_scopes_of_their_role(tmp_path):
    async with small(tmp_path, doors=DOORS) as house:
        _, secret, guest = await came(house)
        assert (guest.person, guest.scopes) == ("operator", SCOPES["operator"])
        assert house.service.doors.known("shop", secret) is guest
        assert house.service.doors.known("lab", secret) is None
        assert house.service.doors.known("shop", "guessed") is None
        (event,) = house.events("door:open")
        assert (event.who, event.gateway, event.resource) == ("operator", "sample", "Door::shop")
        assert event.detail["scopes"] == list(SCOPES["operator"])
        assert event.detail["address"] == HERE.address
        told = {door.name: list(guests) for door, guests in
                house.service.doors.listed(house.signed("viewer"))}  # fmt: skip
        assert told == {"shop": [guest], "lab": []}


@story
async def test_a_code_is_for_one_browser_one_door_one_attempt_and_one_minute(tmp_path):
    async with small(tmp_path, doors=DOORS) as house:
        signed, doors = await house.in_browser("operator"), house.service.doors
        for door, verifier, wait in (
            ("shop", "w" * 43, 0), ("lab", VERIFIER, 0),
            ("shop", VERIFIER, CODE.total_seconds()),
        ):  # fmt: skip
            _, code = await doors.invite("shop", CHALLENGE, signed)
            house.clock.forward(seconds=wait)
            for said in (verifier, VERIFIER):
                with pytest.raises(AuthenticationError, match="this way in was used"):
                    await doors.enter(door, code, said, HERE)
        _, code = await doors.invite("shop", CHALLENGE, signed)
        await doors.enter("shop", code, VERIFIER, HERE)
        with pytest.raises(AuthenticationError):
            await doors.enter("shop", code, VERIFIER, HERE)
        with pytest.raises(AuthenticationError):
            await doors.enter("shop", "guessed", VERIFIER, HERE)
        assert len(house.events("door:open")) == 1


@story
async def test_who_has_no_role_of_the_door_gets_no_code(tmp_path):
    async with small(tmp_path, doors=DOORS) as house:
        for role in ("admin", "auditor"):
            with pytest.raises(AuthenticationError, match="takes one of the roles"):
                await house.service.doors.invite("shop", CHALLENGE, await house.in_browser(role))
        told = [(each.who, each.detail["category"]) for each in house.events("door:refuse")]
        assert told == [("admin", "role"), ("auditor", "role")]
        with pytest.raises(NotFoundError):
            await house.service.doors.invite("gone", CHALLENGE, await house.in_browser("viewer"))


@story
async def test_a_code_is_worth_nothing_after_its_sign_in(tmp_path):
    async with small(tmp_path, doors=DOORS) as house:
        signed = await house.in_browser("operator")
        _, code = await house.service.doors.invite("shop", CHALLENGE, signed)
        await house.service.operators.sign_out(signed)
        with pytest.raises(AuthenticationError):
            await house.service.doors.enter("shop", code, VERIFIER, HERE)
        assert not house.events("door:open")


async def sign_out(house, signed):
    await house.service.operators.sign_out(signed)


async def revoke(house, signed):
    other = await house.in_browser("operator")
    await house.service.people.revoke(other, signed.session)


async def remove(house, signed):
    await house.service.operators.remove_as(signed.name, "setup")


async def other_roles(house, signed):
    await house.service.operators.add_as("operator", ["viewer"], [], PASSWORD, "setup")


async def idle(house, signed):
    house.clock.forward(seconds=IDLE.total_seconds())
    await house.service.doors.tick()


@pytest.mark.parametrize("act", [sign_out, revoke, remove, other_roles, idle])
@story
async def test_they_are_out_with_their_sign_in_their_role_or_their_account(tmp_path, act):
    async with small(tmp_path, doors=DOORS) as house:
        signed, secret, guest = await came(house)
        out = []
        house.service.doors.ended = out.extend
        await act(house, signed)
        await asyncio.sleep(0.05)  # What is durable is told soon after.
        assert out == [guest.id]
        assert house.service.doors.known("shop", secret) is None


@story
async def test_the_end_says_why_and_what_went_through(tmp_path):
    async with small(tmp_path, doors=DOORS) as house:
        _, secret, guest = await came(house)
        doors = house.service.doors
        doors.used(guest.id, {"requests": 2, "in": 10})
        doors.used(guest.id, {"requests": 1})
        doors.leave("lab", secret)
        assert doors.known("shop", secret)
        doors.leave("shop", secret)
        await doors.close()
        (event,) = house.events("door:close")
        assert event.detail["reason"] == "signed out there"
        assert (event.detail["requests"], event.detail["in"]) == (3, 10)


@story
async def test_what_they_do_keeps_their_sign_in_from_idling(tmp_path):
    async with small(tmp_path, doors=DOORS) as house:
        _, secret, guest = await came(house)
        for _ in range(3):
            house.clock.forward(seconds=0.9 * IDLE.total_seconds())
            house.service.doors.used(guest.id, {"requests": 1})
            await house.service.doors.tick()
        assert house.service.doors.known("shop", secret)


@story
async def test_those_who_are_turned_away_are_on_record_and_very_many_are_a_number(tmp_path):
    async with small(tmp_path, doors=DOORS) as house:
        for _ in range(SINGLY + 5):
            await house.service.doors.refused("shop", "", "203.0.113.9", "host", "another host")
        await house.service.doors.refused("shop", "ada", "203.0.113.9", "rate", "too many")
        assert len(house.events("door:refuse")) == SINGLY + 1
        house.clock.forward(seconds=WINDOW.total_seconds())
        await house.service.doors.tick()
        assert house.events("door:refuse")[-1].detail == {"category": "host", "count": 5}


@story
async def test_a_server_that_stops_lets_everybody_out(tmp_path):
    async with small(tmp_path, doors=DOORS) as house:
        _, secret, _ = await came(house)
        await house.service.doors.close()
        assert house.service.doors.known("shop", secret) is None
        assert house.events("door:close")[0].detail["reason"] == "the server stopped"
