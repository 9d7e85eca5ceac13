"""Roles and keys of one environment over the operators' API: nothing of another is seen or done."""

import asyncio
import json
import re

import pytest
from starlette.routing import Route

from clawband.bootstrap.serving import full_app
from clawband.edges.api.openapi import NOWHERE
from clawband.model.person import Role
from tests.edges.api.calling import calling, is_problem
from tests.edges.api.test_await import REFUND, held
from tests.simulators.small import PASSWORD, story

ENDLESS = {"/stream"}
OPEN = {"/openapi.json", "/key"}
"""For everybody, and about nothing that an environment has."""


async def person(caller, name, *roles):
    """Somebody with these roles, and their sign-in."""
    house = caller.house
    await house.service.operators.add_as(name, roles, [], PASSWORD, "setup")
    house.tokens[name] = await house.service.people.sign_in(name, PASSWORD)
    return name


async def key(caller, where):
    """A service account whose key may there whatever a key may."""
    accounts, admin = caller.house.service.accounts, caller.house.signed("admin")
    await accounts.add(f"ci-{where}", "admin", "stops", admin)
    acts = ["look", "read-payload", "stop", "revoke"]
    return (await accounts.add_key(f"ci-{where}", acts, 1, admin, where)).secret


def every(where):
    return [f"{role}@{where}" for role in Role]


def reads(service, ids):
    for route in full_app(service).routes:
        if not isinstance(route, Route) or not route.path.startswith("/api/v1/"):
            continue
        path = route.path.removeprefix("/api/v1")
        if "GET" not in (route.methods or ()) or route.path == NOWHERE or path in ENDLESS:
            continue
        for each in ids:
            yield re.sub(r"{(id|name)(:path)?}", each, path)


@story
async def test_every_role_of_another_environment_reads_nothing_of_this_one(tmp_path):
    """The gateway is in `dev`. No answer names it, its agents or what they did."""
    async with calling(tmp_path) as caller:
        approval = (await held(caller))["approval"]
        house = caller.house
        decisions = house.events("decision:hold")
        ids = [approval, decisions[0].id, decisions[0].run, "sample", "support", "none"]
        away = await person(caller, "stella", *every("staging"), *every("production"))
        here = await person(caller, "dora", *every("dev"))
        house.tokens["key"] = await key(caller, "staging")
        told = {away: 0, here: 0, "key": 0}
        for path in dict.fromkeys(reads(house.service, ids)):
            if path in OPEN:
                continue
            for who in told:
                response = await caller.operate("GET", path, role=who)
                assert response.status_code in (200, 400, 403, 404, 409), (path, response.text)
                if response.status_code == 200:
                    told[who] += any(word in response.text for word in ("sample", approval))
                    continue
                is_problem(response, response.status_code)
        assert told[away] == told["key"] == 0 and told[here] > 8


@pytest.mark.parametrize(("role", "allowed"), [
    ("approver@dev", True), ("approver", True),
    ("approver@staging", False), ("approver@production", False), ("admin@staging", False),
])  # fmt: skip
def test_an_approval_is_decided_where_the_role_is_held(tmp_path, role, allowed):
    @story
    async def told():
        async with calling(tmp_path) as caller:
            approval = (await held(caller))["approval"]
            who = await person(caller, "nia", role)
            answers = [
                await caller.operate("POST", f"/approvals/{approval}/{act}", body, who)
                for act, body in (
                    ("edit", {"changes": {"amount": 1}}), ("grant", {}), ("refuse", {"note": "n"}),
                )
            ]  # fmt: skip
            if not allowed:
                for answer in answers:
                    assert "dev or everywhere" in is_problem(answer, 403)["detail"]
                assert caller.house.events("approval:grant", "approval:refuse") == []
                return
            assert answers[0].json()["state"] == "granted", answers[0].text

    told()


@story
async def test_a_yes_ends_with_the_role_where_it_was_given(tmp_path):
    """The approver of `dev` becomes one of `production`: the call waits for somebody else."""
    async with calling(tmp_path) as caller:
        approval = (await held(caller))["approval"]
        who = await person(caller, "nia", "approver@dev")
        granted = await caller.operate("POST", f"/approvals/{approval}/grant", {}, who)
        assert granted.json()["state"] == "granted"
        await person(caller, "nia", "approver@production")
        again = (await caller.ask(caller.call("refund", REFUND, call="c4"))).json()
        assert again["verdict"] == "hold" and caller.house.events("approval:spend") == []


@pytest.mark.parametrize(("body", "here", "away"), [
    ({"kind": "gateway", "name": "sample"}, 200, 403),
    ({"kind": "agent", "name": "sample/support"}, 200, 403),
    ({"kind": "workflow", "name": "support"}, 200, 403),
    ({"kind": "agent", "name": "support"}, 403, 403),
    ({"kind": "tool", "name": "exec"}, 403, 403),
    ({"kind": "channel", "name": "telegram"}, 403, 403),
    ({"kind": "gateway", "name": "unknown"}, 403, 403),
])  # fmt: skip
def test_a_pause_reaches_no_further_than_the_role(tmp_path, body, here, away):
    @story
    async def told():
        async with calling(tmp_path) as caller:
            dora = await person(caller, "dora", "operator@dev")
            stella = await person(caller, "stella", "operator@staging", "admin@production")
            assert (await caller.operate("POST", "/pause", body, stella)).status_code == away
            assert (await caller.operate("POST", "/pause", body, dora)).status_code == here
            await caller.operate("POST", "/pause", body)
            assert (await caller.operate("POST", "/resume", body, stella)).status_code == 403
            assert (await caller.operate("POST", "/resume", body, dora)).status_code == here

    told()


@story
async def test_a_key_reaches_no_further_than_its_environment(tmp_path):
    async with calling(tmp_path) as caller:
        approval = (await held(caller))["approval"]
        body = {"kind": "agent", "name": "sample/support"}
        for where, status in (("staging", 403), ("production", 403), ("dev", 200)):
            secret = await key(caller, where)
            assert (await caller.operate("POST", "/pause", body, secret)).status_code == status
            read = await caller.operate("GET", f"/approvals/{approval}", role=secret)
            assert read.status_code == status
        everything = {"kind": "tool", "name": "exec"}
        is_problem(await caller.operate("POST", "/pause", everything, secret), 403)
        assert json.loads(read.text)["arguments"] == REFUND


@pytest.mark.parametrize(("method", "path", "body"), [
    ("POST", "/policy", {"files": {}}), ("POST", "/policy/rollback", {}),
    ("POST", "/gateways", {"name": "mine", "environment": "dev"}),
    ("POST", "/operators", {"name": "x", "roles": ["admin"], "password": PASSWORD}),
    ("GET", "/export", None), ("POST", "/reviews", {}), ("POST", "/glass/seal", {"codes": 2}),
    ("POST", "/enforcement/reconcile", {}), ("POST", "/enforcement/prove", {}),
    ("GET", "/operators", None), ("GET", "/access", None), ("GET", "/policy", None),
])  # fmt: skip
def test_what_is_about_all_of_clawband_wants_the_role_everywhere(tmp_path, method, path, body):
    @story
    async def told():
        async with calling(tmp_path) as caller:
            dora = await person(caller, "dora", *every("dev"), *every("staging"))
            told = is_problem(await caller.operate(method, path, body, dora), 403)["detail"]
            assert "everywhere" in told

    told()


@story
async def test_lists_show_ones_own_environment(tmp_path):
    async with calling(tmp_path) as caller:
        await held(caller)
        service = caller.house.service
        await service.gateways.enroll("mars", "staging", "setup")
        names = {}
        for who, roles in (("dora", ["viewer@dev"]), ("stella", ["viewer@staging"])):
            await person(caller, who, *roles)
            found = (await caller.operate("GET", "/gateways", role=who)).json()["gateways"]
            waiting = (await caller.operate("GET", "/approvals", role=who)).json()["approvals"]
            status = (await caller.operate("GET", "/status", role=who)).json()
            assert [each["name"] for each in status["gateways"]] == [e["name"] for e in found]
            assert status["waiting"] == len(waiting)
            names[who] = ([each["name"] for each in found], len(waiting))
        assert names == {"dora": (["sample"], 1), "stella": (["mars"], 0)}
        both = (await caller.operate("GET", "/gateways", role="viewer")).json()["gateways"]
        assert {each["name"] for each in both} == {"mars", "sample"}


@story
async def test_the_stream_leaves_out_what_belongs_elsewhere(tmp_path):
    async with calling(tmp_path) as caller:
        house = caller.house
        await person(caller, "stella", "viewer@staging")
        await person(caller, "dora", "viewer@dev")
        watched = {who: house.service.seen(house.signed(who)).watch() for who in ("stella", "dora")}
        coming = {who: asyncio.ensure_future(anext(each)) for who, each in watched.items()}
        await asyncio.sleep(0)
        await held(caller)
        leaves = await asyncio.wait_for(coming["dora"], 5)
        assert all(json.loads(leaf.body)["agent"].startswith("sample/") for leaf in leaves)
        assert not coming["stella"].done()
        coming["stella"].cancel()
