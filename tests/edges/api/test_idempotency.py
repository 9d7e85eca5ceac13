"""A request that is sent again is answered again, and not done again."""

import asyncio
import json
from datetime import timedelta

from clawband.edges.api import idempotency
from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import story

PAUSE = {"kind": "tool", "name": "exec", "reason": "once"}


async def send(caller, key, body=None, *, path="/pause", role="admin"):
    headers = {"authorization": f"Bearer {caller.house.tokens[role]}", "idempotency-key": key}
    data = json.dumps(PAUSE if body is None else body).encode()
    return await caller.http.post(f"/api/v1{path}", content=data, headers=headers)


@story
async def test_the_second_is_answered_like_the_first_and_nothing_happens(tmp_path):
    async with calling(tmp_path) as caller:
        first, second = await send(caller, "k"), await send(caller, "k")
        assert first.status_code == 200 and first.content == second.content
        assert "idempotency-replayed" not in first.headers
        assert second.headers["idempotency-replayed"] == "true"
        assert len(caller.house.events("control:pause")) == 1
        assert (await send(caller, "other")).headers.get("idempotency-replayed") is None
        assert len(caller.house.events("control:pause")) == 2


@story
async def test_a_refusal_is_repeated_too(tmp_path):
    async with calling(tmp_path) as caller:
        wrong = {"kind": "tool"}
        is_problem(await send(caller, "k", wrong), 400)
        again = await send(caller, "k", wrong)
        is_problem(again, 400)
        assert again.headers["idempotency-replayed"] == "true"


@story
async def test_a_key_belongs_to_one_request_and_one_person(tmp_path):
    async with calling(tmp_path) as caller:
        await send(caller, "k")
        told = is_problem(await send(caller, "k", {**PAUSE, "name": "read"}), 400)
        assert "another request" in told["detail"]
        other = await send(caller, "k", role="operator")
        assert other.status_code == 200 and "idempotency-replayed" not in other.headers
        is_problem(await send(caller, "x" * 256), 400)


@story
async def test_two_at_once_are_one(tmp_path):
    async with calling(tmp_path) as caller:
        both = await asyncio.gather(send(caller, "k"), send(caller, "k"))
        assert sorted(each.status_code for each in both) == [200, 409]
        assert len(caller.house.events("control:pause")) == 1


@story
async def test_a_key_is_forgotten_after_a_day(tmp_path):
    async with calling(tmp_path) as caller:
        first = await send(caller, "k")
        replays = idempotency.of(caller.house.service, caller.house.clock.now)
        replays._now = lambda: caller.house.clock.now() + timedelta(hours=25)
        again = await send(caller, "k")
        assert first.status_code == again.status_code == 200
        assert "idempotency-replayed" not in again.headers
