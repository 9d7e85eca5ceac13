"""Attacks by a sign-in that is under way while what it was checked against is taken away."""

import pyotp
import pytest

from clawband.flows import credentials, sign_in
from clawband.identity.one_time import OneTime
from clawband.model.errors import AuthenticationError, ConflictError
from clawband.ports.unit import Unit
from tests.attacks.test_sign_in import ELSEWHERE, HERE, house_of_ana
from tests.simulators.small import PASSWORD, small, story


@pytest.mark.parametrize("end", ["replaced", "removed", "app"])
@story
async def test_a_sign_in_that_was_being_checked_does_not_outlive_the_password(tmp_path, end):
    """Who knows the old one signs in all the time: one of them is under way when it changes."""
    async with small(tmp_path, bare=True) as house:
        running, add_as = house.service.running, house.service.operators.add_as
        await add_as("root", ["admin"], [], PASSWORD, "setup")
        await add_as("ana", ["admin"], [], PASSWORD, "setup")
        code = ""
        if end == "app":
            shared = pyotp.random_base32()
            device = OneTime(operator="ana", secret=shared, last=0, added=running.now())
            await running.commit(Unit([], [credentials.ONE_TIME.new("ana", device)]))
            code = pyotp.TOTP(shared).at(running.now())
        secret, unit = sign_in.checked(
            "ana", PASSWORD, code, ELSEWHERE, known=running.store, passwords=running.passwords,
            now=running.now(), entropy=running.entropy(),
        )  # fmt: skip
        if end == "removed":
            await house.service.operators.remove_as("ana", "root")
        await add_as("ana", ["admin"], [], "another long password", "root")
        with pytest.raises(ConflictError):
            await running.commit(unit)
        with pytest.raises(AuthenticationError):
            house.service.operators.who(secret)


@story
async def test_a_passkey_that_is_removed_meanwhile_opens_nothing(tmp_path):
    async with house_of_ana(tmp_path) as (house, device):
        people, running = house.service.people, house.service.running
        begun = people.begin_passkey_sign_in()
        name, proof = people._recognised("sign-in", begun.id, device.get(begun.options))
        secret, unit = sign_in.proved(
            name, proof, HERE, known=running.store, now=running.now(), entropy=running.entropy()
        )
        (kept,) = credentials.PASSKEY.all(running.store)
        await running.commit(Unit([], [credentials.PASSKEY.drop(kept)]))
        with pytest.raises(ConflictError):
            await running.commit(unit)
        with pytest.raises(AuthenticationError):
            house.service.operators.who(secret)
