"""Service accounts over the API, and what a key opens there: what it names, and nothing else."""

import pytest

from clawband.flows import accounts
from clawband.flows.accounts import USE
from tests.edges.api.calling import calling, is_problem
from tests.edges.api.test_role_route_matrix import BODIES, paths
from tests.simulators.small import story

WRITES = {
    ("POST", "/pause"),
    ("POST", "/resume"),
    ("POST", "/enforcement/prove"),
    ("POST", "/enforcement/reconcile"),
    ("POST", "/endorsements/none/revoke"),
    ("POST", "/policy"),
    ("POST", "/policy/rollback"),
}
"""Everything that a key could ever change."""


async def made(caller, *acts, **more):
    """A service account `ci` owned by the operator, with a key."""
    account = {"name": "ci", "owner": "operator", "purpose": "deploys"}
    assert (await caller.operate("POST", "/accounts", account)).status_code in (200, 409)
    asked = {"acts": list(acts), **more}
    answer = await caller.operate("POST", "/accounts/ci/keys", asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@story
async def test_an_account_and_its_key_from_beginning_to_end(tmp_path):
    async with calling(tmp_path) as caller:
        key = await made(caller, "look", days=30)
        assert key["key"].startswith(f"cbk_{key['id']}_") and key["acts"] == ["look"]
        mine = (await caller.operate("GET", "/session", role=key["key"])).json()
        assert mine["operator"]["name"] == "service:ci" and mine["operator"]["roles"] == []
        rotated = (await caller.operate("POST", f"/keys/{key['id']}/rotate", {})).json()
        (listed,) = (await caller.operate("GET", "/accounts", role="viewer")).json()["accounts"]
        used = {each["id"]: each["used"] for each in listed["keys"]}
        assert listed["owned"] and used[key["id"]] and used[rotated["id"]] is None
        assert key["key"] not in str(listed)
        for each in (key, rotated):
            assert (await caller.operate("GET", "/status", role=each["key"])).status_code == 200
        assert (await caller.operate("DELETE", f"/keys/{rotated['id']}")).status_code == 200
        is_problem(await caller.operate("GET", "/status", role=rotated["key"]), 401)
        assert (await caller.operate("DELETE", "/accounts/ci")).status_code == 200
        is_problem(await caller.operate("GET", "/status", role=key["key"]), 401)
        tags = ("account:add", "key:add", "key:revoke", "account:remove")
        told = caller.house.events(*tags)
        assert [(each.tag, each.outcome) for each in told] == [
            ("account:add", "added"), ("key:add", "added"), ("key:add", "rotated"),
            ("key:revoke", "revoked"), ("account:remove", "removed"),
        ]  # fmt: skip
        assert {each.who for each in told} == {"admin"}


@story
async def test_the_secret_is_on_no_disk(tmp_path):
    async with calling(tmp_path) as caller:
        secret = (await made(caller, "look"))["key"].rpartition("_")[2].encode()
        caller.house.clock.forward(minutes=2)
        await caller.operate("GET", "/status", role="admin")
        kept = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
        assert secret not in kept and bytes.fromhex(secret.decode()) not in kept


@story
async def test_a_key_of_every_act_changes_only_what_is_listed_here(tmp_path):
    async with calling(tmp_path) as caller:
        key = (await made(caller, *accounts.grantable()))["key"]
        found = set()
        for method, path in paths(caller.house.service):
            if path == "/stream" or (method, path) == ("GET", "/session"):
                continue
            answer = await caller.operate(method, path, BODIES.get(f"{method} {path}"), key)
            assert answer.status_code != 401, (method, path)
            if answer.status_code != 403:
                found.add((method, path))
        assert {each for each in found if each[0] != "GET"} == WRITES


@story
async def test_a_key_that_may_only_publish_reads_nothing(tmp_path):
    async with calling(tmp_path) as caller:
        key = (await made(caller, "publish"))["key"]
        reached = []
        for method, path in paths(caller.house.service):
            if path == "/stream":
                continue
            answer = await caller.operate(method, path, BODIES.get(f"{method} {path}"), key)
            reached += [(method, path)] if answer.status_code not in (401, 403) else []
        assert sorted(reached) == [
            ("GET", "/session"), ("POST", "/policy"), ("POST", "/policy/rollback"),
        ]  # fmt: skip


@story
async def test_a_key_is_no_sign_in_of_the_console(tmp_path):
    async with calling(tmp_path) as caller:
        key = (await made(caller, "look"))["key"]
        answer = await caller.http.get("/", headers={"cookie": f"clawband={key}"})
        assert (answer.status_code, answer.headers["location"][:6]) == (303, "/login")


@story
async def test_its_acts_stand_in_the_log_as_its_own(tmp_path):
    async with calling(tmp_path) as caller:
        key = (await made(caller, "stop"))["key"]
        body = {"kind": "tool", "name": "exec"}
        assert (await caller.operate("POST", "/pause", body, key)).status_code == 200
        (paused,) = caller.house.events("control:pause")
        assert paused.who == "service:ci"


@story
async def test_the_last_use_is_written_once_a_minute(tmp_path):
    async with calling(tmp_path) as caller:
        key = await made(caller, "look")
        store = caller.house.service.running.store
        for minute in (1, 2):
            for _ in range(5):
                await caller.operate("GET", "/status", role=key["key"])
            await caller.operate("POST", "/pause", {"kind": "tool", "name": "t"})  # and so written
            kept = USE.get(key["id"], store)
            assert (kept.version, kept.value.at) == (minute, caller.house.clock.now())
            caller.house.clock.forward(minutes=1)


@story
async def test_doubts_are_said_beside_the_key(tmp_path):
    async with calling(tmp_path) as caller:
        await made(caller, "look", "stop", "export")
        (listed,) = (await caller.operate("GET", "/accounts")).json()["accounts"]
        assert "changes things" in listed["keys"][0]["doubts"][0]
        caller.house.clock.forward(days=31)
        (kept,) = accounts.listed(caller.house.service.running.store)
        assert "nobody used it" in caller.house.service.accounts.doubts(kept.keys[0])[1]


@pytest.mark.parametrize("token", ["cbk_", "cbk_x_y", "cbk_" + "a" * 5_000, "cbk_é_x"])
@story
async def test_what_only_looks_like_a_key_is_refused(tmp_path, token):
    async with calling(tmp_path) as caller:
        headers = {"authorization": f"Bearer {token}".encode()}
        answer = await caller.http.get("/api/v1/status", headers=headers)
        assert is_problem(answer, 401)["detail"] == "this key is not known here"
