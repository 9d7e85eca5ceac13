"""Honeytokens over the API: a value is told once, and only to who planted it."""

from clawband.labels.classify import classify
from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import story


@story
async def test_planted_listed_used_and_removed(tmp_path):
    async with calling(tmp_path) as caller:
        body = {"kind": "aws", "where": "the old wiki", "secret": "prod/root"}
        told = (await caller.operate("POST", "/honeytokens", body, "builder")).json()
        token, text = told["honeytoken"], told["text"]
        assert {each.kind for each in classify(text)} >= {"aws-access-key", "aws-secret-key"}
        await caller.house.call("message", "c1", {"message": text})
        listed = await caller.operate("GET", "/honeytokens", role="viewer")
        (found,) = listed.json()["honeytokens"]
        assert found["uses"][0]["source"] == "call:sample/support"
        assert found | {"uses": []} == token and text.split()[-1] not in listed.text
        gone = await caller.operate("DELETE", f"/honeytokens/{token['id']}", role="operator")
        assert gone.status_code == 200
        assert (await caller.operate("GET", "/honeytokens")).json() == {"honeytokens": []}
        is_problem(await caller.operate("DELETE", f"/honeytokens/{token['id']}"), 404)


@story
async def test_what_is_refused(tmp_path):
    async with calling(tmp_path) as caller:
        good = {"kind": "github", "where": "w"}
        for wrong in ({"kind": "gold"}, {"where": ""}, {"value": "mine"}, {"environment": "x"}):
            is_problem(await caller.operate("POST", "/honeytokens", good | wrong), 400)
        is_problem(await caller.operate("POST", "/honeytokens", good | {"gateway": "none"}), 404)
        is_problem(await caller.operate("POST", "/honeytokens", good, "viewer"), 403)
        noted = {"gateway": "sample", "agent": "support", "file": "memory/notes.md"}
        # The gateway of this house has no control address, so no file of it can be written.
        is_problem(await caller.operate("POST", "/honeytokens", good | noted), 503)
        prompted = noted | {"file": "MEMORY.md"}
        is_problem(await caller.operate("POST", "/honeytokens", good | prompted), 400)
