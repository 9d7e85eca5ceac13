"""What was asked of models, over the operators' API."""

from tests.edges.api.calling import calling, is_problem
from tests.edges.models.serving import serving
from tests.simulators.small import story


@story
async def test_what_was_spent_today(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        await desk.ask("hello", stream=True)
        await desk.finished()
        (spent,) = (await desk.operate("GET", "/models"))["spent"]
        assert (spent["agent"], spent["model"]) == ("sample/support", "lab/rules")
        assert (spent["calls"], spent["refused"], spent["input"]) == (1, 0, 10)
        late = await desk.operate("GET", "/models?since=2027-01-01T00:00:00%2B00:00")
        assert late["spent"] == []


@story
async def test_an_instant_has_an_offset(tmp_path):
    async with calling(tmp_path) as caller:
        for wrong in ("yesterday", "2026-11-22"):
            is_problem(await caller.operate("GET", f"/models?since={wrong}"), 400)
