"""Broken glass over the operators' API."""

from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import PASSWORD, story

WHY = "the mail agent writes to customers"


async def send(caller, path, body, role):
    answer = await caller.operate("POST", path, body, role)
    assert answer.status_code == 200, answer.text
    return answer.json()


@story
async def test_from_the_envelopes_to_the_review(tmp_path):
    async with calling(tmp_path, two=("publish", "administer")) as caller:
        service = caller.house.service
        is_problem(await caller.operate("POST", "/glass/seal", {}, "operator"), 403)
        codes = (await send(caller, "/glass/seal", {"codes": 3}, "admin"))["codes"]
        assert len(set(codes)) == 3
        wrong = {"code": "aaaa-bbbb", "purpose": WHY}
        is_problem(await caller.operate("POST", "/glass", wrong, "viewer"), 403)
        one = await send(caller, "/glass", {"code": codes[0], "purpose": WHY}, "viewer")
        path = f"/glass/{one['id']}"
        for role, code in (("viewer", codes[1]), ("builder", codes[0]), ("builder", "x")):
            is_problem(await caller.operate("POST", f"{path}/second", {"code": code}, role), 403)
        assert service.glass.alarms() == []
        is_problem(await caller.operate("GET", "/gateways/sample/boundaries", role="viewer"), 403)
        broken = await send(caller, f"{path}/second", {"code": codes[1]}, "builder")
        assert (broken["stage"], broken["second"]) == ("broken", "builder")
        assert len(service.glass.alarms()) == 1
        # Two broke it, so it takes no other two; and it is written down as their deed.
        assert (await caller.operate("DELETE", "/operators/auditor", None, "viewer")).is_success
        is_problem(await caller.operate("DELETE", "/operators/operator"), 409)
        caller.house.clock.forward(minutes=60)
        is_problem(await caller.operate("DELETE", "/operators/operator", None, "viewer"), 403)
        await service.glass.expire()
        told = (await caller.operate("GET", path, role="operator")).json()
        assert [(each["tag"], each["resource"]) for each in told["acts"]] == [
            ("operator:remove", "Operator::auditor")
        ]
        assert [each["outcome"] for each in told["events"]] == ["half", "broken", "over"]
        caller.house.clock.forward(hours=72)
        await service.glass.expire()
        await service.glass.expire()
        assert len(caller.house.events("review:overdue")) == 1
        again = await service.people.sign_in("admin", PASSWORD)
        (listed,) = (await caller.operate("GET", "/glass", role=again)).json()["glass"]
        assert listed["overdue"] and "code" not in listed


@story
async def test_reviewed_by_a_third_person_the_alarm_ends(tmp_path):
    async with calling(tmp_path) as caller:
        codes = (await send(caller, "/glass/seal", {}, "admin"))["codes"]
        one = await send(caller, "/glass", {"code": codes[0], "purpose": WHY}, "viewer")
        path = f"/glass/{one['id']}"
        await send(caller, f"{path}/second", {"code": codes[1]}, "auditor")
        is_problem(await caller.operate("POST", f"{path}/review", {"findings": "x"}, "admin"), 409)
        await send(caller, f"{path}/end", {}, "viewer")
        for role, status in (("auditor", 403), ("viewer", 403), ("operator", 403)):
            answer = await caller.operate("POST", f"{path}/review", {"findings": "ok"}, role)
            is_problem(answer, status)
        await send(caller, f"{path}/review", {"findings": "it was needed"}, "admin")
        assert caller.house.service.glass.alarms() == []
        (reviewed,) = caller.house.events("glass:review")
        assert (reviewed.who, reviewed.detail["reason"]) == ("admin", "it was needed")
        is_problem(await caller.operate("POST", f"{path}/end", {}, "viewer"), 404)
        is_problem(await caller.operate("GET", "/glass/gls_none"), 404)


@story
async def test_every_wrong_code_is_recorded_with_who_tried(tmp_path):
    async with calling(tmp_path) as caller:
        for _ in range(2):
            body = {"code": "aaaa-bbbb", "purpose": WHY}
            is_problem(await caller.operate("POST", "/glass", body, "viewer"), 403)
        tried = caller.house.events("glass:break")
        assert [(each.who, each.outcome) for each in tried] == [("viewer", "refused")] * 2
        assert "aaaa" not in str(tried)
