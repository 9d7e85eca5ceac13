"""What operators do over the API takes effect on the next question, and only when it is whole."""

import asyncio

import pytest

from clawband.audit.bundle import verify
from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import WORKFLOWS, story


@story
async def test_a_pause_is_in_force_when_it_returns_until_it_is_resumed(tmp_path):
    async with calling(tmp_path) as caller:
        await caller.message()

        async def verdict():
            return (await caller.ask(caller.call("crm_read"))).json()["verdict"]

        assert await verdict() == "permit"
        body = {"kind": "agent", "name": "support", "reason": "looks odd"}
        assert (await caller.operate("POST", "/pause", body, "operator")).status_code == 200
        assert await verdict() == "deny"
        listed = (await caller.operate("GET", "/controls", role="viewer")).json()["controls"]
        assert [each["id"] for each in listed] == ["agent:support"]
        assert (await caller.operate("POST", "/resume", body, "operator")).status_code == 200
        assert await verdict() == "permit"
        is_problem(await caller.operate("POST", "/resume", body, "operator"), 404)


@pytest.mark.parametrize(
    "body",
    [{}, [], {"kind": "agent"}, {"kind": 1, "name": "x"}, {"kind": "planet", "name": "x"},
     {"kind": "tool", "name": ""}, {"kind": "tool", "name": "x" * 300},
     {"kind": "tool", "name": "ex\u202eec"}],
)  # fmt: skip
def test_a_pause_of_nothing_is_refused(tmp_path, body):
    @story
    async def told():
        async with calling(tmp_path) as caller:
            is_problem(await caller.operate("POST", "/pause", body), 400)
            assert caller.house.service.stops.controls() == ()

    told()


BROKEN = {
    "support.toml": WORKFLOWS["support.toml"].replace('then = "reply"', 'then = "guess"'),
    "a.cedar": '@id("a") @because("b") permit (principal, action, resource) when { context.x };',
    "b.cedar": "permit (",
}


@story
async def test_a_broken_set_lists_every_problem_and_changes_nothing(tmp_path):
    async with calling(tmp_path) as caller:
        active = caller.house.service.policies.active
        body = is_problem(await caller.operate("POST", "/policy", {"files": BROKEN}), 400)
        assert {"support.toml", "b.cedar"} <= {each["file"] for each in body["problems"]}
        assert all(each["line"] and each["message"] for each in body["problems"])
        assert caller.house.service.policies.active is active
        assert caller.house.events("policy:refuse")[0].who == "admin"
        await caller.message()
        assert (await caller.ask(caller.call("crm_read"))).json()["verdict"] == "permit"


@story
async def test_publishing_takes_effect_at_once_and_rolls_back(tmp_path):
    async with calling(tmp_path) as caller:
        first = caller.house.service.policies.active
        await caller.message()
        files = {"files": {"lead.toml": WORKFLOWS["lead-capture.toml"]}, "note": "only leads"}
        published = await caller.operate("POST", "/policy", files, "builder")
        assert published.json()["digest"] != first.digest
        assert (await caller.ask(caller.call("crm_read"))).json()["verdict"] == "deny"
        back = await caller.operate("POST", "/policy/rollback", role="builder")
        assert back.json()["digest"] == first.digest
        assert (await caller.ask(caller.call("crm_read"))).json()["verdict"] == "permit"
        history = (await caller.operate("GET", "/policy")).json()["history"]
        assert [each["by"] for each in history] == ["builder", "builder", "setup"]


@pytest.mark.parametrize("files", [None, [], {"a.toml": 1}, "x"])
def test_a_set_is_texts_by_name(tmp_path, files):
    @story
    async def told():
        async with calling(tmp_path) as caller:
            is_problem(await caller.operate("POST", "/policy", {"files": files}), 400)

    told()


@pytest.mark.parametrize(("query", "status"), [
    ("tag=nothing", 200), ("text=%25", 200), ("limit=²", 400), ("before=²", 400),
    ("limit=-1", 400), ("limit=0", 400), ("before=abc", 400), ("before=" + "9" * 50, 400),
    ("limit=" + "9" * 5000, 400),
])  # fmt: skip
def test_a_search_takes_any_words_and_refuses_what_is_no_number(tmp_path, query, status):
    @story
    async def told():
        async with calling(tmp_path) as caller:
            found = await caller.operate("GET", f"/events?{query}")
            assert found.status_code == status
            if status == 400:
                is_problem(found, 400)

    told()


@story
async def test_arguments_are_shown_to_whom_they_may(tmp_path):
    async with calling(tmp_path) as caller:
        await caller.message()
        await caller.ask(caller.call("refund", {"amount": 100}))
        seen = {}
        for role in ("approver", "viewer", "builder"):
            listed = (await caller.operate("GET", "/approvals", role=role)).json()["approvals"]
            event = caller.house.events("decision:hold")[0].id
            one = (await caller.operate("GET", f"/events/{event}", role=role)).json()
            assert one["arguments"] == listed[0]["arguments"]
            seen[role] = one["arguments"]
        assert seen == {"approver": {"amount": 100}, "viewer": None, "builder": None}


@story
async def test_a_proof_an_export_and_a_walk(tmp_path):
    async with calling(tmp_path) as caller:
        decision = (await caller.message()).json()["decision"]
        is_problem(await caller.operate("GET", f"/events/{decision}/proof"), 409)
        exported = await caller.operate("GET", "/export", role="auditor")
        key = (await caller.operate("GET", "/key")).json()["key"]
        lines = exported.content.splitlines(keepends=True)
        report = verify(lines, key=key)
        assert report.ok, report
        assert (await caller.operate("GET", f"/events/{decision}/proof")).status_code == 200
        walk = (await caller.operate("GET", f"/walk/{decision}")).json()
        assert walk["run"] == "r1" and walk["steps"][0]["id"] == decision
        for path in ("/walk/none", "/events/none", "/events/none/proof", "/approvals/none"):
            is_problem(await caller.operate("GET", path), 404)
        assert caller.house.events("log:export")[0].who == "auditor"


@story
async def test_the_stream_delivers_what_is_durable(tmp_path):
    async with calling(tmp_path) as caller:
        seen = []

        async def watch():
            async for leaves in caller.house.service.log.watch():
                seen.extend(leaf.event.id for leaf in leaves)

        watching = asyncio.ensure_future(watch())
        await asyncio.sleep(0)
        decisions = [(await caller.message()).json()["decision"] for _ in range(3)]
        await asyncio.sleep(0.05)
        assert seen[-3:] == decisions
        watching.cancel()
