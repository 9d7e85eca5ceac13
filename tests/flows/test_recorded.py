"""A decision from its record is the question that was asked."""

import json
from dataclasses import replace

from clawband.flows import recorded
from clawband.flows.recorded import Gone, Past
from clawband.model.provenance import Origin
from clawband.openclaw import tools
from tests.flows.test_replay import talk
from tests.simulators.small import small, story


@story
async def test_the_record_gives_back_what_was_asked(tmp_path):
    async with small(tmp_path) as house:
        asked = {decided.id: decided.request for decided in await talk(house)}
        store, active = house.service.running.store, house.service.policies.active
        for event in house.events("decision:permit", "decision:deny", "decision:hold"):
            past = recorded.past(event, store.payload(event.detail["payload"]))
            assert isinstance(past, Past)
            again = recorded.request(past, active, tools.catalogue(), "")
            was = asked[event.id]
            assert again.facts == was.facts, event
            assert again.digest() == was.digest()
            assert (again.workflow, again.tool, again.trace.session) == (
                was.workflow, was.tool, was.trace.session,
            )  # fmt: skip
            workflow = active.workflows["support"]
            (known,) = recorded.circumstances(past, again, workflow, workflow)
            assert int(known.label.integrity) == event.detail["integrity"]
            assert {each.fact for each in known.explanations} == set(
                event.detail.get("origins", ())
            )
        assert len(asked) == 10


@story
async def test_an_origin_that_is_not_kept_is_taken_both_ways(tmp_path):
    async with small(tmp_path) as house:
        await house.ask("run", {"prompt": "look at https://help.example.com/a"})
        await house.call("web_fetch", "c4", {"url": "https://status.example.com/b"})
        store, active = house.service.running.store, house.service.policies.active
        (event,) = [each for each in house.events("decision:permit") if each.call]
        past = recorded.past(event, store.payload(event.detail["payload"]))
        before = active.workflows["support"]
        narrower = replace(before, listed={})
        asked = recorded.request(past, active, tools.catalogue(), "")
        found = recorded.circumstances(past, asked, before, narrower)
        origins = [[each.origin for each in known.explanations] for known in found]
        assert origins == [[Origin.LISTED], [Origin.OUTSIDE]]


@story
async def test_what_was_not_kept_says_so(tmp_path):
    async with small(tmp_path) as house:
        decided = await house.ask("run", {"prompt": "hello"})
        (event,) = house.events("decision:permit")
        body = json.dumps({"arguments": {}}).encode()
        assert decided.id == event.id
        assert recorded.past(event, None) == Gone("its arguments are no longer kept")
        assert isinstance(recorded.past(event, body), Past)
        for changed in (
            {"action": "model:ask"}, {"detail": {"preview": True}},
            {"detail": {"reasons": ["baseline/paused"]}},
            {"detail": {"reasons": ["clawband/uncontained"]}},
        ):  # fmt: skip
            assert isinstance(recorded.past(replace(event, **changed), body), Gone)
