"""`POST /gateway/v1/bypass`: recorded for a gateway that is known, and refused in words."""

import asyncio

from tests.edges.api.calling import calling, is_problem

PATH = "/gateway/v1/bypass"
SEEN = [{"kind": "dns", "what": "a.example at 192.0.2.53", "who": "gateway", "count": 2}]


def test_it_is_in_the_record_at_once(tmp_path):
    async def story():
        async with calling(tmp_path) as caller:
            answer = await caller.post(PATH, {"v": 1, "seen": SEEN})
            assert (answer.status_code, answer.json()) == (200, {"ok": True})
            found = await caller.operate("GET", "/events?tag=egress:bypass")
            (event,) = found.json()["events"]
            assert event["resource"] == "a.example at 192.0.2.53"
            assert event["detail"] == {"kind": "dns", "who": "gateway", "count": 2}
            assert (await caller.post(PATH, {"v": 1, "seen": []})).status_code == 200

    asyncio.run(story())


def test_strangers_and_nonsense_are_refused(tmp_path):
    async def story():
        async with calling(tmp_path) as caller:
            is_problem(await caller.post(PATH, {"v": 1, "seen": SEEN}, credential="x"), 401)
            for wrong in (b"{", {"v": 2, "seen": []}, {"v": 1, "seen": [{}]}, {"v": 1}):
                is_problem(await caller.post(PATH, wrong), 400)
            found = await caller.operate("GET", "/events?tag=egress:bypass")
            assert found.json()["events"] == []

    asyncio.run(story())
