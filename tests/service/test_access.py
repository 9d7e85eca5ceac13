"""Who can do what, with everything that is lent, keyed and handed over at this moment."""

import asyncio

from clawband.flows.may_call import Asked
from clawband.model.person import Role
from tests.simulators.small import small, story


async def powers(house, who):
    found = await house.service.access.who_can(house.signed("viewer"), critical=True)
    return {each.can: each.terms for each in found if each.who == who}


@story
async def test_a_role_for_a_while_is_there_while_it_lasts(tmp_path):
    async with small(tmp_path) as house:
        elevations, viewer = house.service.elevations, house.signed("viewer")
        assert await powers(house, "viewer") == {}
        asked = await elevations.ask(Role.OPERATOR, "the night shift", 20, viewer)
        assert await powers(house, "viewer") == {}, "asked is not granted"
        await elevations.grant(asked.id, house.signed("admin"))
        assert (await powers(house, "viewer"))["stop"] == "for a time"
        answer = await house.service.access.may(Asked(who="viewer", action="stop"), viewer)
        assert answer.verdict == "yes"
        house.clock.forward(minutes=20)
        assert await powers(house, "viewer") == {}


@story
async def test_a_key_counts_until_it_is_revoked_or_nobody_answers_for_its_account(tmp_path):
    async with small(tmp_path) as house:
        service, admin = house.service, house.signed("admin")
        await service.accounts.add("ci", "builder", "publishes", admin)
        assert await powers(house, "service:ci") == {}
        await service.accounts.add_key("ci", ["publish"], 1, admin)
        assert await powers(house, "service:ci") == {"publish": "its key"}
        await service.operators.remove("builder", admin)
        assert await powers(house, "service:ci") == {}, "its owner is gone"
        await service.accounts.give("ci", "admin", admin)
        assert await powers(house, "service:ci") == {"publish": "its key"}
        (account,) = service.accounts.listed(admin)
        await service.accounts.revoke(account.keys[0].id, admin)
        assert await powers(house, "service:ci") == {}


@story
async def test_what_is_remembered_of_the_powers_is_never_older_than_they_are(tmp_path):
    async with small(tmp_path) as house:
        access, admin = house.service.access, house.signed("admin")

        async def last():
            found = await access.who_can(admin, critical=True)
            return next(each.last for each in found if (each.who, each.can) == ("admin", "stop"))

        assert await last() is None
        before = await access.powers(admin)
        assert await access.powers(admin) is before
        await house.service.stops.pause("agent", "shop/support", admin, "")
        async with asyncio.timeout(10):  # until the log has told who follows it
            while await last() is None:
                await asyncio.sleep(0.01)
        assert await last() == house.clock.now(), "a use changes no power, and is told"
        assert await access.powers(admin) is before
        await house.service.operators.remove("builder", admin)
        assert not [each for each in await access.powers(admin) if each.who == "builder"]
        assert [each for each in before if each.who == "builder"]
