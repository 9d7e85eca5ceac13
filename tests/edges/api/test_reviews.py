"""Access reviews over the API, from the opening to the evidence."""

from clawband.audit.proof import verify_proof
from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import story


async def opened(caller, role="auditor"):
    answer = await caller.operate("POST", "/reviews", {}, role)
    assert answer.status_code == 200, answer.text
    return f"/reviews/{answer.json()['id']}"


async def decide(caller, path, item, verdict="keep", role="auditor", **more):
    body = {"item": item, "verdict": verdict, **more}
    return await caller.operate("POST", f"{path}/decide", body, role)


@story
async def test_a_review_from_beginning_to_end(tmp_path):
    async with calling(tmp_path) as caller:
        account = {"name": "ci", "owner": "operator", "purpose": "deploys"}
        await caller.operate("POST", "/accounts", account)
        key = (await caller.operate("POST", "/accounts/ci/keys", {"acts": ["look"]})).json()
        path = await opened(caller)
        access = (await caller.operate("GET", path, role="viewer")).json()["access"]
        assert len(access) == 14 and {each["verdict"] for each in access} == {None}
        is_problem(await caller.operate("POST", f"{path}/close", {}, "auditor"), 409)
        for each in access:
            verdict = "revoke" if each["kind"] == "key" else "keep"
            who = "auditor" if each["of"] != "auditor" else "admin"
            assert (await decide(caller, path, each["item"], verdict, who)).status_code == 200
        is_problem(await caller.operate("GET", "/status", role=key["key"]), 401)
        assert (await caller.operate("POST", f"{path}/close", {}, "auditor")).status_code == 200
        (listed,) = (await caller.operate("GET", "/reviews")).json()["reviews"]
        assert listed["closed_by"] == "auditor" and listed["overdue"] is False
        evidence = (await caller.operate("GET", f"{path}/evidence", role="auditor")).json()
        assert len(evidence["proofs"]) == 14
        for each in evidence["access"]:
            proof = evidence["proofs"][each["event"]].encode()
            assert verify_proof(proof, key=evidence["key"]).ok


@story
async def test_what_is_refused(tmp_path):
    async with calling(tmp_path) as caller:
        path = await opened(caller)
        is_problem(await caller.operate("POST", "/reviews", {}), 409)
        is_problem(await caller.operate("POST", "/reviews", {"days": 0}), 400)
        is_problem(await decide(caller, path, "person:auditor"), 403)
        is_problem(await decide(caller, path, "person:viewer", "perhaps"), 400)
        is_problem(await decide(caller, path, "person:viewer", note="a\u202eb"), 400)
        is_problem(await decide(caller, path, "person:viewer", note=5), 400)
        is_problem(await decide(caller, path, "person:nobody"), 404)
        is_problem(await decide(caller, "/reviews/rev_none", "person:viewer"), 404)
        is_problem(await decide(caller, path, "person:admin", "revoke"), 409)
        assert (await decide(caller, path, "person:viewer", "revoke")).status_code == 200
        is_problem(await caller.operate("GET", "/status", role="viewer"), 401)
        is_problem(await decide(caller, path, "person:viewer", "keep"), 409)
        access = (await caller.operate("GET", path)).json()["access"]
        assert next(e for e in access if e["item"] == "role:viewer:viewer")["verdict"] == "gone"
