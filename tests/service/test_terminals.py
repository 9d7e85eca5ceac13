"""Who lets a terminal in, as what, and for how long."""

import asyncio
from dataclasses import replace

import pytest

from clawband.flows import sessions
from clawband.flows.sessions import MAX_SEEN
from clawband.identity.assurance import Method
from clawband.identity.session import Seen
from clawband.identity.terminal import DeniedError, OverError, PendingError
from clawband.identity.throttle import TooManyError
from clawband.model.errors import NotFoundError, StepUpNeededError
from clawband.service.terminals import MOST_EACH
from tests.simulators.small import small, story

HERE = Seen(address="10.0.0.7", agent="clawband 1", terminal=True)


async def strong(house, name="viewer"):
    """Somebody who signed in with two factors just now."""
    running = house.service.running
    secret, unit = sessions.enter(
        name, Method.PASSKEY, Seen(), known=running.store, now=running.now(),
        entropy=running.entropy(),
    )  # fmt: skip
    await running.commit(unit)
    return house.service.operators.who(secret)


@story
async def test_it_is_let_in_once_as_strongly_as_who_let_it_in(tmp_path):
    async with small(tmp_path) as house:
        terminals, person = house.service.terminals, await strong(house)
        begun = terminals.begin("", HERE)
        with pytest.raises(PendingError):
            await terminals.enter(begun.device)
        assert (await terminals.asked(begun.code, person)).seen == HERE
        await terminals.approve(begun.code.lower(), person)
        secret = await terminals.enter(begun.device)
        signed = house.service.operators.who(secret)
        assert (signed.name, signed.assurance, signed.proved) == ("viewer", 2, person.proved)
        assert signed.session != person.session
        (mine,) = [each for each in sessions.own(signed, known=house.service.running.store,
                   now=house.clock.now()) if each.current]  # fmt: skip
        assert mine.sign_in.method is Method.TERMINAL and mine.sign_in.address == "10.0.0.7"
        assert house.events("session:open")[-1].detail["method"] == "another sign-in"
        for again in (terminals.enter(begun.device), terminals.enter("0" * 64)):
            with pytest.raises(OverError):
                await again
        with pytest.raises(NotFoundError):
            await terminals.approve(begun.code, person)


@story
async def test_it_is_bound_to_the_person_named(tmp_path):
    async with small(tmp_path) as house:
        terminals = house.service.terminals
        begun = terminals.begin("viewer", HERE)
        other = await strong(house, "approver")
        for act in (terminals.asked, terminals.approve, terminals.refuse):
            with pytest.raises(NotFoundError):
                await act(begun.code, other)
        with pytest.raises(PendingError):
            await terminals.enter(begun.device)
        assert terminals.begin("nobody-has-this-name", HERE).code, "and nobody learns who exists"


@story
async def test_a_refusal_is_told_and_recorded(tmp_path):
    async with small(tmp_path) as house:
        terminals, person = house.service.terminals, await strong(house)
        begun = terminals.begin("", HERE)
        await terminals.refuse(begun.code, person)
        with pytest.raises(DeniedError):
            await terminals.enter(begun.device)
        with pytest.raises(NotFoundError):
            await terminals.approve(begun.code, person)
        (event,) = house.events("session:refuse")
        assert (event.who, event.detail["why"]) == ("viewer", "a terminal")


@story
async def test_it_is_over_in_ten_minutes_approved_or_not(tmp_path):
    async with small(tmp_path) as house:
        terminals, person = house.service.terminals, await strong(house)
        begun, approved = terminals.begin("", HERE), terminals.begin("", HERE)
        await terminals.approve(approved.code, person)
        house.clock.forward(minutes=10)
        with pytest.raises(NotFoundError):
            await terminals.approve(begun.code, person)
        for each in (begun, approved):
            with pytest.raises(OverError):
                await terminals.enter(each.device)


@story
async def test_who_approved_and_signed_out_lets_nobody_in(tmp_path):
    async with small(tmp_path) as house:
        terminals, person = house.service.terminals, await strong(house)
        begun = terminals.begin("", HERE)
        await terminals.approve(begun.code, person)
        await house.service.operators.sign_out(person)
        with pytest.raises(OverError, match="signed out"):
            await terminals.enter(begun.device)


@story
async def test_who_has_a_second_factor_shows_it_first(tmp_path):
    async with small(tmp_path) as house:
        terminals, person = house.service.terminals, await strong(house)
        house.clock.forward(minutes=6)
        begun = terminals.begin("", HERE)
        late = replace(person, second_factor=True, at=house.clock.now())
        with pytest.raises(StepUpNeededError):
            await terminals.approve(begun.code, late)
        with pytest.raises(PendingError):
            await terminals.enter(begun.device)


@story
async def test_nobody_fills_the_house_with_terminals(tmp_path):
    async with small(tmp_path) as house:
        terminals = house.service.terminals
        for _ in range(MOST_EACH):
            terminals.begin("", HERE)
        with pytest.raises(TooManyError):
            terminals.begin("", HERE)
        assert terminals.begin("", Seen(address="10.0.0.8")).code
        house.clock.forward(minutes=10)
        assert terminals.begin("", HERE).code


@story
async def test_guessing_codes_is_slowed(tmp_path):
    async with small(tmp_path) as house:
        terminals, person = house.service.terminals, await strong(house)
        terminals.begin("", HERE)
        for _ in range(4):
            with pytest.raises(NotFoundError):
                await terminals.asked("", person)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(terminals.asked("", person), 0.1)


@story
async def test_a_house_with_many_addresses_is_one_house(tmp_path):
    async with small(tmp_path) as house:
        begin = house.service.terminals.begin
        for number in range(MOST_EACH):
            begin("", Seen(address=f"2001:db8:0:1::{number:x}"))
        with pytest.raises(TooManyError):
            begin("", Seen(address="2001:db8:0:1:ffff::1"))
        assert begin("", Seen(address="2001:db8:0:2::1")).code
        for number in range(MOST_EACH):
            begin("", Seen(address=f"::ffff:10.0.0.{number}"))
        assert begin("", Seen(address="::ffff:10.0.0.99")).code, "which are many houses"
        assert begin("", Seen(address="")).code, "behind a socket of this machine"


@story
async def test_what_a_terminal_calls_itself_is_kept_as_far_as_it_is_shown(tmp_path):
    async with small(tmp_path) as house:
        person = await strong(house)
        begun = house.service.terminals.begin("", Seen(address="1" * 9_000, agent="x" * 9_000))
        seen = (await house.service.terminals.asked(begun.code, person)).seen
        assert (len(seen.address), seen.agent) == (MAX_SEEN, "x" * MAX_SEEN)
