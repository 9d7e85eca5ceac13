"""Changes that take two people, over the operators' API."""

import asyncio

import pytest

from clawband.identity.session import Seen
from clawband.model.errors import ConflictError, NotFoundError
from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import WORKFLOWS, story

ALL = ("publish", "administer")
FEWER = {name: text for name, text in WORKFLOWS.items() if name != "document.toml"}
NOTE = {"note": "documents wait for the lawyers"}


async def send(caller, path, body, role="admin"):
    answer = await caller.operate("POST", path, body, role)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def agree(caller, one, role="approver", digest=""):
    body = {"digest": digest or one["digest"]}
    return await caller.operate("POST", f"/changes/{one['id']}/agree", body, role)


def active(caller):
    return caller.house.service.policies.active.digest


@story
async def test_nobody_alone_puts_policy_in_force_or_makes_accounts(tmp_path):
    async with calling(tmp_path, two=ALL) as caller:
        before = active(caller)
        alone = [
            ("POST", "/policy", {"files": FEWER}),
            ("POST", "/operators", {"name": "eve", "roles": ["approver"], "password": "x" * 12}),
            ("DELETE", "/operators/viewer", None),
        ]
        for method, path, body in alone:
            told = is_problem(await caller.operate(method, path, body), 409)
            assert "clawband propose" in told["remedy"], path
        people = caller.house.service.people
        with pytest.raises(ConflictError, match="two people"):
            await people.invite("eve", ["approver"], [], caller.house.signed("admin"))
        assert active(caller) == before
        assert len(caller.house.service.operators.list()) == 6


@story
async def test_a_set_is_activated_by_the_second_person_exactly_once(tmp_path):
    async with calling(tmp_path, two=ALL) as caller:
        before = active(caller)
        one = await send(caller, "/changes/publish", {"files": FEWER, **NOTE}, "builder")
        assert active(caller) == before
        shown = (await caller.operate("GET", f"/changes/{one['id']}", role="viewer")).json()
        assert any("document" in each["says"] for each in shown["changes"]), shown
        for role, status in (("builder", 403), ("viewer", 403), ("operator", 403)):
            is_problem(await agree(caller, one, role), status)
        is_problem(await agree(caller, one, digest="sha256:00"), 409)
        both = await asyncio.gather(agree(caller, one), agree(caller, one, "admin"))
        assert sorted(each.status_code for each in both) == [200, 409]
        assert active(caller) == one["content"]["set"] != before
        is_problem(await agree(caller, one), 409)
        (activation,) = caller.house.events("policy:activate")[1:]
        (agreed,) = caller.house.events("proposal:agree")
        assert activation.who == "builder" and agreed.who in ("approver", "admin")
        assert activation.resource == f"Policy::{active(caller)}"


@story
async def test_what_was_proposed_for_another_set_in_force_is_proposed_again(tmp_path):
    async with calling(tmp_path, two=ALL) as caller:
        one = await send(caller, "/changes/publish", {"files": FEWER, **NOTE}, "builder")
        other = {name: text for name, text in FEWER.items() if name != "support.toml"}
        two = await send(caller, "/changes/publish", {"files": other, **NOTE}, "builder")
        assert (await agree(caller, two)).status_code == 200
        told = is_problem(await agree(caller, one), 409)
        assert "since this was proposed" in told["detail"]
        assert active(caller) == two["content"]["set"]
        back = await send(caller, "/changes/rollback", NOTE, "builder")
        assert (await agree(caller, back)).status_code == 200
        assert active(caller) == one["content"]["base"]


@story
async def test_only_what_permits_more_takes_two_where_that_is_chosen(tmp_path):
    async with calling(tmp_path, two=("widen",)) as caller:
        fewer = await caller.operate("POST", "/policy", {"files": FEWER}, "builder")
        assert fewer.status_code == 200, "what permits less is put in force alone"
        for answer in (
            await caller.operate("POST", "/policy", {"files": WORKFLOWS}, "builder"),
            await caller.operate("POST", "/policy/rollback", {}, "builder"),
        ):
            assert "permits more" in is_problem(answer, 409)["detail"]
        one = await send(caller, "/changes/publish", {"files": WORKFLOWS, **NOTE}, "builder")
        assert (await agree(caller, one)).status_code == 200


@story
async def test_people_are_invited_and_removed_by_two(tmp_path):
    async with calling(tmp_path, two=ALL) as caller:
        wanted = {"name": "noor", "roles": ["auditor"], "note": "the audit of May"}
        is_problem(await caller.operate("POST", "/changes/invite", wanted, "builder"), 403)
        wrong = {**wanted, "roles": ["god"]}
        is_problem(await caller.operate("POST", "/changes/invite", wrong), 400)
        one = await send(caller, "/changes/invite", wanted)
        is_problem(await agree(caller, one, "admin"), 403)
        token = one["link"].rpartition("/")[2]
        with pytest.raises(NotFoundError):
            caller.house.service.people.invitation(token)
        assert "link" not in (await agree(caller, one)).json()
        assert caller.house.service.people.invitation(token).name == "noor"
        assert "link" not in (await caller.operate("GET", f"/changes/{one['id']}")).json()
        is_problem(await caller.operate("POST", "/changes/remove", {"name": "x", **NOTE}), 404)
        two = await send(caller, "/changes/remove", {"name": "viewer", **NOTE})
        assert (await agree(caller, two)).status_code == 200
        is_problem(await caller.operate("GET", "/status", role="viewer"), 401)
        listed = (await caller.operate("GET", "/changes")).json()["proposals"]
        assert {each["stage"] for each in listed} == {"done"} and len(listed) == 2


@story
async def test_nobody_alone_lets_go_what_is_guarded(tmp_path):
    async with calling(tmp_path, two=("switch-off",)) as caller:
        alone = await caller.operate("POST", "/gateways/sample/remove", {"reason": "mine"})
        assert "clawband propose unguard sample" in is_problem(alone, 409)["remedy"]
        name = "gateway-sample.toml"
        lenient = {name: WORKFLOWS[name].replace('ungoverned = "cut"', 'ungoverned = "alert"')}
        for files in ({}, {**WORKFLOWS, **lenient}):
            answer = await caller.operate("POST", "/policy", {"files": files}, "builder")
            assert "let go unguarded" in is_problem(answer, 409)["detail"]
        strict = await caller.operate("POST", "/policy", {"files": FEWER}, "builder")
        assert strict.status_code == 200, "another set is no way out"
        wanted = {"name": "sample", "note": "the shop closes"}
        is_problem(await caller.operate("POST", "/changes/unguard", wanted, "operator"), 403)
        one, two = [await send(caller, "/changes/unguard", wanted) for _ in range(2)]
        is_problem(await agree(caller, one, "admin"), 403)
        assert (await caller.message()).status_code == 200
        assert (await agree(caller, one)).status_code == 200
        assert (await caller.message()).status_code == 401
        (told,) = caller.house.events("gateway:remove")
        assert (told.who, told.detail["reason"]) == ("admin", "the shop closes")
        is_problem(await agree(caller, two), 404)
        caller.house.clock.forward(seconds=1)
        await caller.house.service.gateways.enroll("sample", "dev", "setup")
        told = is_problem(await agree(caller, two), 409)
        assert "enrolled anew" in told["detail"], "another gateway than the one agreed to"


@story
async def test_a_no_and_time_close_it(tmp_path):
    async with calling(tmp_path) as caller:
        one = await send(caller, "/changes/remove", {"name": "viewer", **NOTE})
        path = f"/changes/{one['id']}/refuse"
        is_problem(await caller.operate("POST", path, {}, "operator"), 403)
        assert (await send(caller, path, {"note": "she stays"}, "approver"))["stage"] == "refused"
        two = await send(caller, "/changes/remove", {"name": "viewer", **NOTE})
        await send(caller, f"/changes/{two['id']}/refuse", {})
        three = await send(caller, "/changes/remove", {"name": "viewer", **NOTE})
        caller.house.clock.forward(days=3)
        await caller.house.service.proposals.expire()
        outcomes = [each.outcome for each in caller.house.events("proposal:refuse")]
        assert outcomes == ["refused", "withdrawn", "lapsed"]
        assert three["id"] in caller.house.events("proposal:refuse")[-1].resource


@story
async def test_a_new_way_into_an_account_takes_two_where_two_administer(tmp_path):
    async with calling(tmp_path) as caller:
        people = caller.house.service.people
        await caller.house.service.operators.add_as("zoe", ["admin"], (), "x" * 12, "setup")
        replaced = {"name": "approver", "roles": ["approver"], "password": "y" * 12}
        for path, body in (("/operators/approver/recover", None), ("/operators", replaced)):
            told = is_problem(await caller.operate("POST", path, body), 409)
            assert "clawband propose recover approver" in told["remedy"]
        is_problem(await caller.operate("POST", "/changes/invite", {**replaced, **NOTE}), 409)
        wanted = {"name": "viewer", **NOTE}
        is_problem(await caller.operate("POST", "/changes/recover", wanted, "operator"), 403)
        one = await send(caller, "/changes/recover", wanted)
        is_problem(await agree(caller, one, "admin"), 403)
        with pytest.raises(NotFoundError):
            people.invitation(one["link"].rpartition("/")[2])
        assert "link" not in (await agree(caller, one)).json(), "who agrees becomes nobody else"
        token = one["link"].rpartition("/")[2]
        assert people.invitation(token).name == "viewer"
        await people.accept(token, "another horse battery", Seen())
        is_problem(await caller.operate("GET", "/status", role="viewer"), 401)
        accepted = caller.house.events("operator:add")[-1]
        assert (accepted.who, accepted.detail["roles"]) == ("admin", ["viewer"])
