"""Leaks over the API: reported, carried on and closed; and what a scan found told apart."""

import base64

from clawband.flows.honeytokens import Asked
from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import story

VALUE = "k4vQ8sXw2Rt7bNc9"
HOW = {"secret": "crm/key", "how": "it was in a chat"}


async def with_secret(caller):
    new = {"name": "crm/key", "environment": "dev", "kind": "api key", "purpose": "orders"}
    await caller.operate("POST", "/secrets", new)
    await caller.operate("POST", "/secret-values/crm/key", {"value": VALUE})


async def post(caller, path, body, role="operator"):
    return await caller.operate("POST", path, body, role)


@story
async def test_a_leak_from_beginning_to_end(tmp_path):
    async with calling(tmp_path) as caller:
        await with_secret(caller)
        leak = (await post(caller, "/leaks", HOW)).json()["leak"]
        path = f"/leaks/{leak['id']}"
        assert [each["step"] for each in leak["steps"]] == [
            "contain", "notify", "review", "trace", "copies", "rotate", "prove",
        ]  # fmt: skip
        took = (await post(caller, f"{path}/take", {"step": "contain"})).json()["leak"]
        assert took["steps"][0]["result"] == "done" and took["steps"][0]["by"] == "operator"
        said = {"step": "rotate", "says": "it has another one now", "evidence": ["the page"]}
        marked = (await post(caller, f"{path}/mark", said)).json()["leak"]
        assert marked["steps"][5]["evidence"] == ["the page"]
        await post(caller, f"{path}/assign", {"step": "trace", "owner": "ana"})
        is_problem(await post(caller, f"{path}/close", {}), 409)
        shown = (await caller.operate("GET", path, role="viewer")).json()["leak"]
        assert shown["steps"][3]["owner"] == "ana" and shown["closed"] is None
        closed = (await post(caller, f"{path}/close", {"accept": "a drill"})).json()["leak"]
        assert closed["accepted"] == "a drill" and closed["closed_by"] == "operator"
        (listed,) = (await caller.operate("GET", "/leaks", role="viewer")).json()["leaks"]
        assert listed["id"] == leak["id"] and VALUE not in str(listed)


@story
async def test_it_is_reported_by_name_or_print_or_value(tmp_path):
    async with calling(tmp_path) as caller:
        await with_secret(caller)
        for both in ({}, HOW | {"print": "f" * 16}):
            is_problem(await post(caller, "/leaks", {"how": "h"} | both), 400)
        is_problem(await post(caller, "/leaks", {"how": "h", "print": "f" * 16}), 404)
        is_problem(await post(caller, "/leaks", {"how": "h", "base64": "?"}), 400)
        is_problem(await post(caller, "/leaks", HOW | {"minutes": 0}), 400)
        is_problem(await post(caller, "/leaks", HOW, "viewer"), 403)
        value = base64.b64encode(VALUE.encode()).decode()
        leak = (await post(caller, "/leaks", {"how": "h", "base64": value})).json()["leak"]
        assert leak["secret"] == "crm/key" and leak["versions"] == [1]
        is_problem(await post(caller, "/leaks", HOW), 409)
        for step in ("prove", "nothing"):
            is_problem(await post(caller, f"/leaks/{leak['id']}/take", {"step": step}), 400)
        is_problem(await post(caller, "/leaks/none/take", {"step": "review"}), 404)


@story
async def test_what_a_scan_found_is_told_apart(tmp_path):
    async with calling(tmp_path) as caller:
        await with_secret(caller)
        house = caller.house
        admin = house.signed("admin")
        token, _, made = await house.service.honeytokens.plant(Asked(kind="npm", where="w"), admin)
        values = (VALUE, made.values[0], "none of ours")
        found = [
            {"base64": base64.b64encode(each.encode()).decode(), "where": f"/srv/{number}:1"}
            for number, each in enumerate(values)
        ]
        told = (await post(caller, "/scanned", {"found": found})).json()["found"]
        assert told == [
            {"secret": "crm/key", "honeytoken": ""}, {"secret": "", "honeytoken": token},
            {"secret": "", "honeytoken": ""},
        ]  # fmt: skip
        (opened,) = house.events("leak:open")
        assert opened.detail["places"] == ["/srv/0:1"]
        assert not house.events("honeytoken:use"), "a scanner pages nobody"
        many = {"found": found[:1] * 1_001}
        is_problem(await post(caller, "/scanned", many), 400)
