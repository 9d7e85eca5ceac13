"""The tools over the API: what is declared, what was called, and who may look."""

from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import story


@story
async def test_known_tools_say_everything(tmp_path):
    async with calling(tmp_path) as caller:
        tools = (await caller.operate("GET", "/tools")).json()["tools"]
        message = next(each for each in tools if each["name"] == "message")
        assert (message["workflow"], message["effect"]) == ("", "send")
        assert (message["confidentiality"], message["clearance"]) == ("public", "restricted")
        assert "target" in message["recipients"]


@story
async def test_since_must_be_an_instant(tmp_path):
    async with calling(tmp_path) as caller:
        for odd in ("yesterday", "2026-11-22T00:00:00"):
            is_problem(await caller.operate("GET", f"/tools/observed?since={odd}"), 400)
        fine = await caller.operate("GET", "/tools/observed?since=2026-11-22T00:00:00Z")
        assert fine.json() == {"observed": []}


@story
async def test_shapes_are_for_who_reads_arguments_or_writes_manifests(tmp_path):
    async with calling(tmp_path) as caller:
        for role, status in (("builder", 200), ("auditor", 200), ("viewer", 403)):
            answer = await caller.operate("GET", "/tools/observed", role=role)
            assert answer.status_code == status
