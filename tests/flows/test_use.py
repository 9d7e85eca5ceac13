"""Last uses: the log says them, what is kept beside it only saves reading it again."""

from datetime import timedelta

from clawband.flows import use
from clawband.flows.use import Uses
from clawband.model.event import Event, Tag
from tests.flows.scenes import noticed
from tests.simulators.clocks import START
from tests.simulators.small import service_on, small, story


def event(number, who="ana", tag=Tag.CONTROL_PAUSE, **more):
    at = START + timedelta(minutes=number)
    return Event(id=f"evt_{number}", at=at, tag=tag, who=who, **more)


@story
async def test_a_restart_forgets_no_use_whether_it_was_kept_or_not(tmp_path):
    async with small(tmp_path) as house:
        stops, access = house.service.stops, house.service.access
        await stops.pause("tool", "exec", house.signed("operator"), "odd")
        await noticed(house, "operator", "stop")
        first = house.clock.now()
        await access.tick()
        house.clock.forward(minutes=20)
        await stops.pause("tool", "read", house.signed("admin"), "odd")
        await noticed(house, "admin", "stop")
        second, since = house.clock.now(), access.uses.since
        size = house.service.running.store.size()
    again = service_on(tmp_path, house.clock, seed="again")
    kept = use.load(again.running.store)
    assert (kept.of("operator", "stop"), kept.of("admin", "stop")) == (first, None)
    assert 0 < kept.counted < size, "only what came after is read again"
    await again.start()
    uses = again.access.uses
    assert (uses.of("operator", "stop"), uses.of("admin", "stop")) == (first, second)
    assert (uses.since, uses.complete) == (since, True)
    await again.stop()


@story
async def test_nothing_is_written_when_nothing_is_new(tmp_path):
    async with small(tmp_path) as house:
        await house.service.access.tick()
        assert use.keep(house.service.access.uses, house.service.running.store).changes == []


@story
async def test_a_long_log_is_read_in_rounds_and_says_that_it_is_not_done(tmp_path):
    async with small(tmp_path, bare=True) as house:
        store, uses = house.service.running.store, Uses()
        until = use.AT_ONCE + store.size()
        use.take(uses, use.older(0, until, store), until)
        assert (uses.counted, uses.complete) == (use.AT_ONCE, False)
        use.take(uses, use.older(uses.counted, until, store), until)
        assert uses.complete


def test_the_newest_use_counts_and_the_first_event_is_since_when():
    uses = Uses()
    for number in (5, 9, 7):
        uses.note(event(number))
    assert uses.of("ana", "stop") == START + timedelta(minutes=9)
    assert uses.since == START + timedelta(minutes=5)
    assert uses.of("bo", "stop") is None and uses.of("ana", "publish") is None


def test_an_agent_cannot_fill_memory_with_names():
    uses = Uses()
    for number in range(use.MOST + 10):
        told = {"agent": "g/a", "action": "tool:read", "resource": f"Tool::t{number}"}
        uses.note(event(number, tag=Tag.DECISION_PERMIT, **told))
    assert len(uses.last["g/a"]) == use.MOST
    last = event(999, tag=Tag.DECISION_PERMIT, agent="g/a", action="tool:read", resource="Tool::t0")
    uses.note(last)
    assert uses.of("g/a", "tool:read t0") == last.at, "those that are known go on"
