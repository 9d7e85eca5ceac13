"""Who may do what over the operators' API: every route, every role, and nobody."""

import pytest
from starlette.routing import Route

from clawband.bootstrap.serving import full_app
from clawband.edges.api.openapi import NOWHERE
from clawband.model.person import Role
from tests.edges.api.calling import calling, is_problem
from tests.simulators.courier import Bag
from tests.simulators.small import PASSWORD, story

# What makes each request get past its role check without changing what the next one finds.
BODIES = {
    "POST /approvals/none/edit": {"changes": {"text": "x"}},
    "POST /certificates": {"gateway": "none", "request": "r"},
    "POST /certificates/none/revoke": {"because": "b"},
    "POST /delegations": {"to": "none", "until": "2030-01-01T00:00:00Z", "purpose": "p"},
    "POST /pause": {"kind": "tool", "name": "t"},
    "POST /resume": {"kind": "tool", "name": "never paused"},
    "POST /policy": {"files": {"x.unknown": ""}},
    "POST /policy/replay": {"files": {}},
    "POST /policy/draft": {"agent": "sample/support"},
    "POST /operators": {"name": "BAD", "roles": ["viewer"], "password": PASSWORD},
    "POST /gateways": {"name": "BAD", "environment": "dev"},
    "POST /gateways/none/remove": {"reason": "r"},
    "POST /endorsements": {"agent": "sample/x", "meaning": "id", "values": [], "purpose": "p"},
    "POST /groups/none/grant": {"purpose": "p"},
    "POST /accounts": {"name": "BAD", "owner": "admin", "purpose": "p"},
    "POST /accounts/none/keys": {"acts": ["look"]},
    "POST /accounts/none/owner": {"owner": "admin"},
    "POST /notices/address": {"address": "nobody"},
    "POST /notices/address/confirm": {"token": "none"},
    "POST /notices/topics": {"topics": ["gossip"]},
    "POST /reviews": {"days": 0},
    "POST /changes/publish": {"files": {"x.unknown": ""}, "note": "n"},
    "POST /changes/rollback": {"note": "n"},
    "POST /changes/invite": {"name": "BAD", "roles": ["viewer"], "note": "n"},
    "POST /changes/remove": {"name": "none", "note": "n"},
    "POST /changes/recover": {"name": "none", "note": "n"},
    "POST /changes/unguard": {"name": "none", "note": "n"},
    "POST /changes/none/agree": {"digest": "d"},
    "POST /glass": {"code": "wrong", "purpose": "p"},
    "POST /glass/seal": {"codes": 0},
    "POST /vaults/rewrap": {"again": True},
    "POST /glass/none/second": {"code": "wrong"},
    "POST /glass/none/review": {"findings": "f"},
    "POST /honeytokens": {"kind": "none", "where": "w"},
    "POST /leaks": {"secret": "none", "how": "h"},
    "POST /leaks/none/take": {"step": "review"},
    "POST /leaks/none/mark": {"step": "review", "says": "s"},
    "POST /leaks/none/assign": {"step": "review", "owner": "o"},
    "POST /scanned": {"found": []},
    "POST /rotations": {"secret": "none"},
    "POST /secrets": {"name": "BAD", "environment": "dev", "kind": "k", "purpose": "p"},
    "POST /secrets/none": {"kind": "k"},
    "POST /secret-values/none": {"value": "v"},
    "POST /reviews/none/decide": {"item": "person:none", "verdict": "keep"},
}
OPEN = {("/session", "POST"), ("/token", "POST"), ("/device", "POST"), ("/openapi.json", "GET")}
"""For who is not signed in."""
ANSWERS = {200: "yes", 400: "yes", 404: "yes", 409: "yes", 403: "-"}


def paths(service):
    for route in full_app(service).routes:
        if not isinstance(route, Route) or not route.path.startswith("/api/v1/"):
            continue  # the console's
        if route.path == NOWHERE:
            continue
        (method,) = set(route.methods or ()) - {"HEAD"}
        path = route.path.removeprefix("/api/v1").replace(":path}", "}")
        if (path, method) not in OPEN:
            yield method, path.replace("{id}", "none").replace("{name}", "none")


@story
async def test_without_a_token_every_route_is_closed(tmp_path):
    async with calling(tmp_path) as caller:
        found = list(paths(caller.house.service))
        for method, path in found:
            for token in ("", "wrong", caller.house.credential):
                is_problem(await caller.operate(method, path, {}, token), 401)


@pytest.mark.golden
def test_each_role_on_each_route(tmp_path, golden):
    lines = [f"{'':35}" + "".join(f"{role:>10}" for role in Role)]

    @story
    async def fill():
        async with calling(tmp_path, courier=Bag()) as caller:
            for method, path in sorted(paths(caller.house.service), key=lambda each: each[::-1]):
                if path in ("/session", "/stream"):
                    continue
                row = []
                for role in Role:
                    body = BODIES.get(f"{method} {path}")
                    response = await caller.operate(method, path, body, role)
                    row.append(f"{ANSWERS[response.status_code]:>10}")
                lines.append(f"{method:6} {path:28}" + "".join(row))

    fill()
    golden("role-route-matrix.txt", "\n".join(lines) + "\n")


@story
async def test_signing_in_and_out(tmp_path):
    async with calling(tmp_path) as caller:
        wrong = [
            {"name": "admin", "password": "wrong password!!"},
            {"name": "nobody", "password": PASSWORD},
        ]
        details = {
            is_problem(await caller.operate("POST", "/session", body, ""), 401)["detail"]
            for body in wrong
        }
        assert len(details) == 1, "an unknown name is not told from a wrong password"
        refused = caller.house.events("session:refuse")
        assert [event.who for event in refused] == ["admin", ""]
        given = (
            await caller.operate("POST", "/session", {"name": "admin", "password": PASSWORD}, "")
        ).json()
        token = given["token"]
        assert (await caller.operate("GET", "/session", role=token)).json()["assurance"] == 1
        assert (await caller.operate("DELETE", "/session", role=token)).status_code == 200
        is_problem(await caller.operate("GET", "/session", role=token), 401)
        bodies = caller.house.service.running.store.bodies(0, 1000)
        assert token.encode() not in b"".join(bodies)


@story
async def test_a_sign_in_ends_by_itself_with_its_password_or_with_its_account(tmp_path):
    async with calling(tmp_path) as caller:
        new = {"name": "viewer", "roles": ["viewer"], "password": PASSWORD}
        assert (await caller.operate("POST", "/operators", new)).status_code == 200
        is_problem(await caller.operate("GET", "/status", role="viewer"), 401)
        assert (await caller.operate("DELETE", "/operators/auditor")).status_code == 200
        is_problem(await caller.operate("GET", "/status", role="auditor"), 401)
        caller.house.clock.forward(hours=12)
        is_problem(await caller.operate("GET", "/status"), 401)


@story
async def test_the_last_administrator_stays(tmp_path):
    async with calling(tmp_path) as caller:
        is_problem(await caller.operate("DELETE", "/operators/admin"), 409)
        lesser = {"name": "admin", "roles": ["viewer"], "password": PASSWORD}
        is_problem(await caller.operate("POST", "/operators", lesser), 409)


@story
async def test_one_person_cannot_be_two_accounts(tmp_path):
    async with calling(tmp_path) as caller:

        def account(name, *aliases):
            return {
                "name": name, "roles": ["approver"], "aliases": aliases, "password": PASSWORD,
            }  # fmt: skip

        first = await caller.operate("POST", "/operators", account("ana", "telegram:1"))
        assert first.status_code == 200
        for other in (account("ana2", "telegram:1"), account("ana2", "ana")):
            is_problem(await caller.operate("POST", "/operators", other), 409)
        hidden = account("eve", "telegram:1\u200b")
        is_problem(await caller.operate("POST", "/operators", hidden), 400)
