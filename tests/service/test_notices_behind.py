"""Notices that lag behind: what did not fit into memory, and what somebody changed meanwhile."""

from clawband.model.event import Event, Tag
from clawband.model.notice import Topic
from clawband.ports.unit import Unit
from clawband.service.notices import BACKLOG
from tests.simulators.courier import Bag, followed, proved, round_of
from tests.simulators.small import small, story


@story
async def test_more_than_fits_into_memory_is_told_from_the_log(tmp_path):
    bag = Bag()
    async with small(tmp_path, courier=bag) as house:
        await proved(house.service, house.signed("approver"), bag)
        await round_of(house)
        for begin in range(0, BACKLOG, 1_000):
            await house.service.running.commit(Unit([
                Event(id=f"evt_{begin + number}", at=house.clock.now(), tag=Tag.ELEVATION_GRANT,
                      who="admin", resource="Elevation::elv_1", detail={"person": "nobody"})
                for number in range(1_000)
            ]))  # fmt: skip
        await followed(house)
        last = Event(id="evt_last", at=house.clock.now(), tag=Tag.ELEVATION_GRANT, who="admin",
                     resource="Elevation::elv_2",
                     detail={"person": "approver", "role": "viewer"})  # fmt: skip
        await house.service.running.commit(Unit([last]))
        for _ in range(55):
            await round_of(house)
        (letter,) = bag.empty()
        assert "admin granted you the role viewer." in letter.text
        await round_of(house)
        assert bag.empty() == [], "and once"


@story
async def test_a_letter_that_grows_while_the_others_are_sent_holds_up_nobody(tmp_path):
    class Meanwhile(Bag):
        async def send(self, message):
            if (name := names.pop() if names else "") and not message.to.startswith(name):
                signed = house.signed(name)
                await house.service.mailboxes.choose([Topic.REQUESTS], signed)
            return await super().send(message)

    names, bag = [], Meanwhile()
    async with small(tmp_path, courier=bag) as house:
        for name in ("admin", "approver", "viewer"):
            await proved(house.service, house.signed(name), bag)
        for name in ("admin", "approver", "viewer"):
            await house.service.mailboxes.choose([Topic.SIGN_INS], house.signed(name))
            house.clock.forward(seconds=1)
        names.append("approver")
        await round_of(house)
        assert set(bag.by_name()) == {"admin", "viewer"}
        await round_of(house)
        assert set(bag.by_name()) == {"approver"}
