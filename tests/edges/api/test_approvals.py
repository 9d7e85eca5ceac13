"""Changing what is held and standing in, over HTTP; what was changed reaches the plugin."""

from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import story

REFUND = {"id": "17", "amount": 100, "reason": "the agent's long story"}


async def held(caller):
    await caller.message()
    answer = (await caller.ask(caller.call("refund", REFUND, call="c4"))).json()
    assert answer["verdict"] == "hold"
    return f"/approvals/{answer['approval']}"


@story
async def test_what_was_changed_is_what_the_plugin_is_told_to_run(tmp_path):
    async with calling(tmp_path) as caller:
        path = await held(caller)
        draft = (await caller.operate("GET", f"{path}/edits", role="approver")).json()
        assert draft == {"draft": REFUND, "versions": []}
        changes = {"reason": "broken", "amount": 90}
        edited = await caller.operate("POST", f"{path}/edit", {"changes": changes}, "approver")
        assert edited.json()["state"] == "granted"
        (given,) = edited.json()["grants"]
        assert (given["by"], given["instead_of"]) == ("approver", "")
        answer = (await caller.ask(caller.call("refund", REFUND, call="c4"))).json()
        assert answer["verdict"] == "permit"
        assert answer["params"] == {"id": "17", "amount": 90, "reason": "broken"}
        (version,) = (await caller.operate("GET", f"{path}/edits", role="auditor")).json()[
            "versions"
        ]
        assert {each["key"] for each in version["changes"]} == {"reason", "amount"}
        blind = (await caller.operate("GET", f"{path}/edits", role="viewer")).json()
        assert blind == {"draft": {}, "versions": []}


@story
async def test_what_cannot_be_changed_is_a_problem(tmp_path):
    async with calling(tmp_path) as caller:
        path = await held(caller)
        for body in ({}, {"changes": "x"}, {"changes": {}}, {"changes": {"to": "x"}}):
            is_problem(await caller.operate("POST", f"{path}/edit", body, "approver"), 400)
        is_problem(
            await caller.operate("POST", f"{path}/edit", {"changes": {"id": "18"}}, "viewer"), 403
        )


@story
async def test_somebody_decides_while_the_approver_is_away(tmp_path):
    async with calling(tmp_path) as caller:
        path = await held(caller)
        is_problem(await caller.operate("POST", f"{path}/grant", {}, "operator"), 403)
        until = (caller.house.clock.now()).replace(hour=23).isoformat()
        body = {"to": "operator", "until": until, "purpose": "holiday"}
        added = await caller.operate("POST", "/delegations", body, "approver")
        assert added.json()["giver"] == "approver"
        (listed,) = (await caller.operate("GET", "/delegations", role="viewer")).json()[
            "delegations"
        ]
        assert listed["holds"] is True
        granted = (await caller.operate("POST", f"{path}/grant", {}, "operator")).json()
        assert granted["grants"][0]["instead_of"] == "approver"
        is_problem(await caller.operate("DELETE", "/delegations/approver", role="viewer"), 403)
        ended = await caller.operate("DELETE", "/delegations/approver", role="operator")
        assert ended.status_code == 200
        for wrong in ({"until": "tomorrow"}, {"until": "2026-12-24"}, {"to": "approver"}):
            answer = await caller.operate("POST", "/delegations", {**body, **wrong}, "approver")
            is_problem(answer, 400)


@story
async def test_the_end_of_a_delegation_is_recorded_by_the_clock(tmp_path):
    async with calling(tmp_path) as caller:
        until = caller.house.clock.now().replace(hour=23).isoformat()
        body = {"to": "operator", "until": until, "purpose": "holiday"}
        await caller.operate("POST", "/delegations", body, "approver")
        caller.house.clock.forward(hours=24)
        await caller.house.service.delegations.expire()
        (told,) = caller.house.events("delegation:end")
        assert (told.outcome, told.detail["giver"]) == ("over", "approver")
