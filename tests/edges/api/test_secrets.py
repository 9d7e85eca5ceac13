"""Secrets over the API: named, changed, given a value, and never told."""

import base64

import pytest

from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import story

CRM = {"name": "crm/key", "environment": "dev", "kind": "api key", "purpose": "orders"}
TARGET = {
    "hosts": ["api.example.com"], "header": "authorization", "form": "Bearer {}",
    "methods": ["GET"], "paths": ["/v1/"],
}  # fmt: skip


@story
async def test_from_a_name_to_a_value_and_to_nothing(tmp_path):
    async with calling(tmp_path) as caller:
        plan = {"driver": "http", "every_days": 90, "overlap_minutes": 5, "options": {"a": "b"}}
        asked = {**CRM, "gateways": ["sample"], "targets": [TARGET], "plan": plan}
        added = (await caller.operate("POST", "/secrets", asked)).json()["secret"]
        assert added.items() >= {**asked, "owner": "admin", "vault": "own"}.items()
        for value in (
            {"value": "hunter2-é\u0000\n"},
            {"base64": base64.b64encode(b"\xff\0").decode()},
        ):
            told = await caller.operate("POST", "/secret-values/crm/key", value)
            assert told.status_code == 200 and "hunter2" not in told.text
        shown = await caller.operate("GET", "/secrets/crm%2Fkey", role="viewer")
        states = [each["state"] for each in shown.json()["secret"]["versions"]]
        assert states == ["previous", "current"] and "hunter2" not in shown.text
        secrets = caller.house.service.secrets
        kept = secrets.get("crm/key", caller.house.signed("admin"))
        assert await secrets.value(kept, 1) == "hunter2-é\0\n".encode()
        assert await secrets.value(kept) == b"\xff\0"
        assert (await caller.operate("DELETE", "/secrets/crm/key")).json() == {"ok": True}
        is_problem(await caller.operate("GET", "/secrets/crm/key"), 404)
        assert (await caller.operate("GET", "/secrets")).json() == {"secrets": []}


@story
async def test_the_value_it_has_already_makes_no_version(tmp_path):
    async with calling(tmp_path) as caller:
        await caller.operate("POST", "/secrets", CRM)
        for _ in range(2):
            told = await caller.operate("POST", "/secret-values/crm/key", {"value": "same"})
            assert len(told.json()["secret"]["versions"]) == 1
        assert len(caller.house.events("secret:set")) == 1


@story
async def test_a_change_replaces_what_it_says_and_nothing_else(tmp_path):
    async with calling(tmp_path) as caller:
        await caller.operate("POST", "/secrets", {**CRM, "gateways": ["a"], "targets": [TARGET]})
        changed = await caller.operate("POST", "/secrets/crm/key", {"gateways": ["sample"]})
        told = changed.json()["secret"]
        assert (told["gateways"], told["targets"]) == (["sample"], [TARGET])
        await caller.operate("POST", "/secrets/crm/key", {"plan": {"driver": "http"}})
        told = (await caller.operate("POST", "/secrets/crm/key", {"plan": None})).json()["secret"]
        assert told["plan"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"targets": [{"hosts": ["a.example"], "method": ["GET"]}]},
        {"targets": [{"hosts": []}]},
        {"value": "hunter2"},
        {"name": "Crm"},
        {"vault": "elsewhere"},
    ],
)
@story
async def test_what_is_not_understood_is_refused(tmp_path, wrong):
    """Also a misspelt word in a target: it may have been meant to narrow it."""
    async with calling(tmp_path) as caller:
        problem = is_problem(await caller.operate("POST", "/secrets", {**CRM, **wrong}), 400)
        assert "hunter2" not in problem["detail"]
        assert (await caller.operate("GET", "/secrets")).json() == {"secrets": []}


@story
async def test_a_wrong_value_is_not_told_back(tmp_path):
    async with calling(tmp_path) as caller:
        await caller.operate("POST", "/secrets", CRM)
        for wrong in (
            {"base64": "hunter2!"}, {"value": "hunter2", "base64": "aGk="}, {},
            {"value": ["hunter2"]}, {"value": ""}, b'{"value": "hunter2\\ud800"}',
        ):  # fmt: skip
            if isinstance(wrong, bytes):
                token = caller.house.tokens["admin"]
                url, headers = "/api/v1/secret-values/crm/key", {"authorization": f"Bearer {token}"}
                answer = await caller.http.post(url, content=wrong, headers=headers)
            else:
                answer = await caller.operate("POST", "/secret-values/crm/key", wrong)
            assert "hunter2" not in is_problem(answer, 400)["detail"]
