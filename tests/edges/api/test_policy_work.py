"""Work on policy over the API: what a set would change, for who may look."""

import pytest

from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import WORKFLOWS, story

SUPPORT = WORKFLOWS["support.toml"]
REFUND = '[[approvals]]\ntool = "refund"\nrole = "approver"\n'


@story
async def test_what_a_set_would_change_and_what_each_one_changed(tmp_path):
    async with calling(tmp_path) as caller:
        free = {**WORKFLOWS, "support.toml": SUPPORT.replace(REFUND, REFUND + "above = 10000\n")}
        same = await caller.operate("POST", "/policy/diff", {"files": WORKFLOWS}, "viewer")
        assert same.json()["changes"] == []
        told = (await caller.operate("POST", "/policy/diff", {"files": free}, "viewer")).json()
        assert told["changes"] == [
            {
                "says": "`sample/support` may pay with `refund` up to 100.00 without an approval, "
                "before never",
                "direction": "more",
                "agents": ["sample/support"],
            }
        ]
        published = await caller.operate("POST", "/policy", {"files": free, "note": "faster"})
        assert published.json()["digest"] == told["digest"]
        past = (await caller.operate("GET", "/policy/history")).json()["history"]
        assert [each["note"] for each in past] == ["faster", "first"]
        assert past[0]["changes"] == told["changes"] and past[0]["problem"] == ""
        newest = (await caller.operate("GET", "/policy/history", limit=1)).json()["history"]
        assert newest == past[:1], "the one before it is compared with, and not shown"


@story
async def test_what_is_in_force_in_words(tmp_path):
    async with calling(tmp_path) as caller:
        told = (await caller.operate("GET", "/policy/words", role="viewer")).json()["workflows"]
        (support,) = [each for each in told if each["name"] == "support"]
        assert "may pay with `refund` with an approval by an approver" in support["may"]
        assert "may only touch the system `billing`, `crm` and `tickets`" in support["bounds"]


@pytest.mark.parametrize(
    "body", [{}, {"files": []}, {"files": {"a.toml": 1}}, {"files": {"a.toml": "x"}}]
)
@story
async def test_a_broken_set_is_a_problem(tmp_path, body):
    async with calling(tmp_path) as caller:
        is_problem(await caller.operate("POST", "/policy/diff", body), 400)
        is_problem(await caller.operate("GET", "/policy/history", limit="x"), 400)


@story
async def test_recorded_decisions_are_asked_again_for_who_may_read_them(tmp_path):
    async with calling(tmp_path) as caller:
        await caller.message()
        await caller.ask(caller.call("refund", {"order": "17", "amount": 900}))
        body = {"files": {**WORKFLOWS, "support.toml": SUPPORT.replace(REFUND, "")}, "limit": 10}
        told = (await caller.operate("POST", "/policy/replay", body, "auditor")).json()
        assert (told["asked"], told["same"], told["gone"]) == (2, 1, {})
        (shift,) = told["shifts"]
        assert (shift["resource"], shift["was"], shift["now"]) == (
            "Tool::refund", "approval", "permit",
        )  # fmt: skip
        is_problem(await caller.operate("POST", "/policy/replay", body, "viewer"), 403)
        for wrong in ({"limit": 0}, {"limit": True}, {"limit": 10**6}, {"since": "noon"}):
            is_problem(await caller.operate("POST", "/policy/replay", {**body, **wrong}), 400)


@story
async def test_a_manifest_is_drafted_from_what_was_seen(tmp_path):
    async with calling(tmp_path) as caller:
        await caller.message()
        await caller.ask(caller.call("refund", {"order": "17", "amount": 900}))
        body = {"agent": "sample/support"}
        told = (await caller.operate("POST", "/policy/draft", body, "operator")).json()
        assert told["file"] == "support.toml" and told["decisions"] == 2
        assert 'writes = ["refund"]' in told["text"]
        assert {each["direction"] for each in told["changes"]} == {"less"}
        is_problem(await caller.operate("POST", "/policy/draft", body, "builder"), 403)
        for wrong, status in (
            ({"agent": "sample/none"}, 400), ({"agent": "none/support"}, 404), ({"agent": 1}, 400),
            ({**body, "learn": "yes"}, 400), ({**body, "since": "noon"}, 400),
        ):  # fmt: skip
            is_problem(await caller.operate("POST", "/policy/draft", wrong), status)
