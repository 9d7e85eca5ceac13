"""Waiting for a person: woken on the instant, told when it is parked, spent exactly once."""

import asyncio

from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import story

REFUND = {"id": "17", "amount": 100}


async def held(caller, call="c4"):
    await caller.message()
    answer = (await caller.ask(caller.call("refund", REFUND, call=call))).json()
    assert answer["verdict"] == "hold" and 0 < answer["wait_seconds"] <= 300
    return answer


def waiting(caller, answer):
    body = {"v": 1, "boot": "b", "approval": answer["approval"]}
    return asyncio.ensure_future(caller.post("/gateway/v1/await", body))


async def polls(task):
    await asyncio.sleep(0.05)
    assert not task.done(), "a long poll stays open"


@story
async def test_a_grant_wakes_who_waits_and_the_call_runs_once(tmp_path):
    async with calling(tmp_path) as caller:
        answer = await held(caller)
        poll = waiting(caller, answer)
        await polls(poll)
        granted = await caller.operate(
            "POST", f"/approvals/{answer['approval']}/grant", {}, "approver"
        )
        assert granted.json()["state"] == "granted"
        assert (await asyncio.wait_for(poll, 2)).json() == {"state": "granted", "reason": ""}
        verdicts = [
            (await caller.ask(caller.call("refund", REFUND, call="c4"))).json()["verdict"]
            for _ in range(3)
        ]
        assert verdicts == ["permit", "hold", "hold"]
        assert len(caller.house.events("approval:spend")) == 1


@story
async def test_a_refusal_wakes_who_waits_with_its_reason(tmp_path):
    async with calling(tmp_path) as caller:
        answer = await held(caller)
        poll = waiting(caller, answer)
        await polls(poll)
        path = f"/approvals/{answer['approval']}/refuse"
        await caller.operate("POST", path, {"note": "too much"}, "approver")
        told = (await asyncio.wait_for(poll, 2)).json()
        assert told == {"state": "refused", "reason": "approver refused it: too much"}
        is_problem(await caller.operate("POST", path, {}, "admin"), 409)


@story
async def test_after_the_wait_it_is_parked_with_a_ticket_and_runs_when_asked_again(tmp_path):
    async with calling(tmp_path) as caller:
        answer = await held(caller)
        caller.house.clock.forward(minutes=5)
        told = (await asyncio.wait_for(waiting(caller, answer), 2)).json()
        assert told["state"] == "parked" and answer["approval"] in told["reason"]
        await caller.operate("POST", f"/approvals/{answer['approval']}/grant", {}, "approver")
        again = (await caller.ask(caller.call("refund", REFUND, call="c9"))).json()
        assert again["verdict"] == "permit"


@story
async def test_an_expired_one_says_so_and_stands_in_nobodys_way(tmp_path):
    async with calling(tmp_path) as caller:
        answer = await held(caller)
        caller.house.clock.forward(hours=8)
        again = (await caller.ask(caller.call("refund", REFUND, call="c9"))).json()
        assert again["verdict"] == "hold" and again["approval"] != answer["approval"]
        told = (await waiting(caller, answer)).json()
        assert told == {"state": "expired", "reason": "nobody decided in time"}
        path = f"/approvals/{answer['approval']}/grant"
        is_problem(await caller.operate("POST", path, {}, "approver"), 409)
        assert len(caller.house.events("approval:expire")) == 1


@story
async def test_an_unknown_one_is_refused_and_recorded(tmp_path):
    async with calling(tmp_path) as caller:
        is_problem(await waiting(caller, {"approval": "apr_nobody"}), 404)
        assert caller.house.events("request:refuse")


@story
async def test_two_at_once_spend_it_once(tmp_path):
    async with calling(tmp_path) as caller:
        answer = await held(caller)
        await caller.operate("POST", f"/approvals/{answer['approval']}/grant", {}, "approver")
        calls = [caller.call("refund", REFUND, call=f"c{n}") for n in range(8)]
        answers = await asyncio.gather(*map(caller.ask, calls))
        verdicts = sorted(answer.json()["verdict"] for answer in answers)
        assert verdicts.count("permit") == 1 and "permit" not in verdicts[:-1]
        assert len(caller.house.events("approval:spend")) == 1
        assert len({a.json().get("approval") for a in answers} - {None}) == 1, "one new card"
