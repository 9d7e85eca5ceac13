"""What the log says of a leaked secret: who was lent it, and what led to where it was seen."""

from datetime import timedelta

from clawband.flows import leak_review
from clawband.flows.leak import Asked
from clawband.model import ids
from clawband.model.event import Event, Tag
from clawband.model.leak import Copy, Result
from clawband.model.secret import Secret
from clawband.ports.unit import Unit
from tests.simulators.clocks import START
from tests.simulators.small import small, story

CRM = Secret(
    name="crm/key", environment="dev", kind="api key", owner="ana", purpose="orders", added=START,
)  # fmt: skip


async def lent(house, name="crm/key", outcome="value", **more):
    now, entropy = house.clock.now(), house.service.running.entropy()
    event = Event(
        id=ids.new("evt", now, entropy), at=now, tag=Tag.SECRET_LEND, gateway="sample",
        resource=f"Secret::{name}", outcome=outcome, **more,
    )  # fmt: skip
    await house.service.running.commit(Unit([event]))
    return event


async def leaked(house):
    by = house.signed("builder")
    await house.service.secrets.add(CRM, by)
    secret = await house.service.secrets.put("crm/key", b"hunter2-hunter2", by)
    run = await house.service.leaks.open("crm/key", Asked(how="x"), house.signed("operator"))
    return run.value, secret, house.service.running.store


@story
async def test_who_was_lent_it_how_often_and_when(tmp_path):
    async with small(tmp_path) as house:
        leak, secret, records = await leaked(house)
        nobody = leak_review.review(leak, secret, records)
        assert "nobody was lent it" in nobody.says and nobody.result is Result.DONE
        await lent(house, "crm/key-2")
        await lent(house)
        house.clock.forward(hours=1)
        again = await lent(house)
        put = await lent(
            house, outcome="put on", agent="sample/support", detail={"host": "a.example"}
        )
        found = leak_review.uses("crm/key", START, records)
        assert {(each.who, each.how, each.count) for each in found} == {
            ("sample", "value", 2), ("sample/support at a.example", "put on", 1),
        }  # fmt: skip
        came = leak_review.review(leak, secret, records)
        assert set(came.evidence) == {again.id, put.id}
        assert "sample: value 2 times" in came.says
        later = leak_review.uses("crm/key", house.clock.now() + timedelta(1), records)
        assert not later


@story
async def test_from_where_it_was_seen_back_to_the_message(tmp_path):
    async with small(tmp_path) as house:
        leak, _, records = await leaked(house)
        assert "no boundary saw it, and no file" in leak_review.trace(leak, records).says
        asked = await house.ask("run", {"prompt": "hello"})
        call = await house.call("message", "c1", {"message": "hi"})

        def seen(*copies):
            return leak_review.trace(type(leak)(**_fields(leak) | {"copies": copies}), records)

        at = house.clock.now()
        file = Copy(where="/srv/.env:3", seen=at)
        assert "the files that hold it are named" in seen(file).says
        assert seen(Copy(where="x", seen=at, trail="none")).evidence == ()
        told = seen(file, Copy(where="call of sample/support", seen=at, trail=call.id))
        assert told.says.startswith("call of sample/support at ")
        assert "began with a message of" in told.says and asked.id in told.evidence


def _fields(leak):
    return {each: getattr(leak, each) for each in leak.__slots__}
