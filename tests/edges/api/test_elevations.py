"""Roles for a while over the operators' API."""

from datetime import timedelta

import pytest

from clawband.model.event import Tag
from clawband.model.person import Role
from clawband.ports.store import Query
from tests.edges.api.calling import calling, is_problem
from tests.simulators.clocks import START, FixedClock
from tests.simulators.small import PASSWORD, service_on, small, story

WANTED = {"role": "builder", "purpose": "publish release 7", "minutes": 30}
BROKEN = {"files": {"x.unknown": ""}}


async def asked(caller, role="viewer", wanted="builder"):
    answer = await caller.operate("POST", "/elevations", {**WANTED, "role": wanted}, role)
    assert answer.status_code == 200, answer.text
    return answer.json()


@story
async def test_a_lent_role_is_there_at_the_next_request_and_gone_with_its_time(tmp_path):
    async with calling(tmp_path) as caller:
        one = await asked(caller)
        path = f"/elevations/{one['id']}"
        is_problem(await caller.operate("POST", "/policy", BROKEN, "viewer"), 403)
        is_problem(await caller.operate("POST", f"{path}/grant", {}, "viewer"), 403)
        granted = (await caller.operate("POST", f"{path}/grant", {}, "approver")).json()
        assert (granted["stage"], granted["granted_by"]) == ("granted", "approver")
        is_problem(await caller.operate("POST", "/policy", BROKEN, "viewer"), 400)
        whoami = (await caller.operate("GET", "/session", role="viewer")).json()
        assert whoami["operator"]["roles"] == ["builder", "viewer"]
        caller.house.clock.forward(minutes=30)
        is_problem(await caller.operate("POST", "/policy", BROKEN, "viewer"), 403)
        await caller.house.service.elevations.expire()
        (ended,) = caller.house.events("elevation:end")
        assert (ended.who, ended.resource) == ("", f"Elevation::{one['id']}")


@story
async def test_what_was_done_under_it_is_listed_and_nothing_else(tmp_path):
    async with calling(tmp_path) as caller:
        one = await asked(caller, wanted="operator")
        path = f"/elevations/{one['id']}"
        await caller.operate("POST", f"{path}/grant", {}, "admin")
        pause = {"kind": "tool", "name": "exec", "reason": "odd"}
        await caller.operate("POST", "/pause", pause, "viewer")
        await caller.operate("POST", "/pause", {**pause, "name": "other"}, "operator")
        await caller.operate("POST", f"{path}/end", {}, "viewer")
        is_problem(await caller.operate("POST", "/resume", pause, "viewer"), 403)
        told = (await caller.operate("GET", path, role="auditor")).json()
        assert [each["tag"] for each in told["events"]] == [
            "elevation:ask", "elevation:grant", "elevation:end",
        ]  # fmt: skip
        assert [(each["tag"], each["resource"]) for each in told["acts"]] == [
            ("control:pause", "tool:exec")
        ]
        is_problem(await caller.operate("GET", "/elevations/elv_none"), 404)


@story
async def test_it_waits_for_somebody_else_and_may_be_refused(tmp_path):
    async with calling(tmp_path) as caller:
        one = await asked(caller, role="approver")
        path = f"/elevations/{one['id']}"
        is_problem(await caller.operate("POST", f"{path}/grant", {}, "approver"), 403)
        listed = (await caller.operate("GET", "/elevations", role="viewer")).json()["elevations"]
        assert [(each["person"], each["open"]) for each in listed] == [("approver", True)]
        no = await caller.operate("POST", f"{path}/refuse", {"note": "tomorrow"}, "admin")
        assert (no.json()["stage"], no.json()["note"]) == ("refused", "tomorrow")
        is_problem(await caller.operate("POST", f"{path}/grant", {}, "admin"), 409)
        for wrong in ({"role": "god"}, {"purpose": " "}, {"minutes": 9_999}, {"minutes": "7"}):
            is_problem(await caller.operate("POST", "/elevations", {**WANTED, **wrong}), 400)


@story
async def test_an_alias_of_the_asker_is_the_asker(tmp_path):
    async with calling(tmp_path) as caller:
        operators = caller.house.service.operators
        for name, aliases in (("vi", ["telegram:7"]), ("other", ["telegram:8"])):
            await operators.add_as(name, ["approver"], aliases, PASSWORD, "setup")
            caller.house.tokens[name] = await caller.house.service.people.sign_in(name, PASSWORD)
        one = await asked(caller, role="vi")
        await operators.remove("vi", caller.house.signed("admin"))
        await operators.remove("other", caller.house.signed("admin"))
        await operators.add_as("other", ["approver"], ["telegram:7"], PASSWORD, "setup")
        caller.house.tokens["other"] = await caller.house.service.people.sign_in("other", PASSWORD)
        path = f"/elevations/{one['id']}/grant"
        is_problem(await caller.operate("POST", path, {}, "other"), 404)
        await operators.add_as("vi", ["approver"], [], PASSWORD, "setup")
        is_problem(await caller.operate("POST", path, {}, "other"), 403)


@pytest.mark.parametrize(
    ("minutes", "reason"), [(58, "its time is over"), (28, "the clock was set back")]
)
@story
async def test_it_outlives_its_time_across_no_restart_and_no_clock(tmp_path, minutes, reason):
    async with small(tmp_path) as house:
        asks = house.service.elevations
        one = await asks.ask("builder", "release 7", 30, house.signed("viewer"))
        await asks.grant(one.id, house.signed("approver"))
        house.clock.forward(minutes=29)
    clock = FixedClock(START + timedelta(minutes=minutes))
    service = service_on(tmp_path, clock, "another seed")
    await service.start()
    (ended,) = service.running.store.find(Query(tags=frozenset({Tag.ELEVATION_END})))
    assert ended.event.detail["reason"] == reason
    signed = service.operators.who(house.tokens["viewer"])
    assert signed.operator.roles == {Role.VIEWER}
    await service.stop()
