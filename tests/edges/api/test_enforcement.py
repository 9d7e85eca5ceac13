"""Enforcement over the operators' API."""

from tests.edges.api.calling import calling, is_problem
from tests.service.test_enforcement import guarded
from tests.simulators.small import story


@story
async def test_the_truth_is_told_to_everybody_and_proof_is_for_operators(tmp_path):
    async with calling(tmp_path) as caller:
        probe = guarded(caller.house)
        told = (await caller.operate("GET", "/enforcement", None, "viewer")).json()
        assert (told["governed"], told["ungoverned"], told["canary_seconds"]) == (False, 0, 120)
        is_problem(await caller.operate("POST", "/enforcement/prove", {}, "viewer"), 403)
        told = (await caller.operate("POST", "/enforcement/prove", {}, "operator")).json()
        assert told["governed"] and told["sentence"] == "Yes: 1 agent is governed."
        (gateway,) = told["gateways"]
        (agent,) = gateway["agents"]
        assert (agent["agent"], agent["state"]) == ("sample/support", "governed")
        assert agent["proved"] == agent["tried"] == told["at"]
        assert gateway["control"] is True and gateway["ungoverned"] == "cut"
        assert [each["path"] for each in gateway["paths"]][:2] == ["messages in", "tool calls"]
        probe.turned = "runs"
        body = {"gateway": "sample"}
        told = (await caller.operate("POST", "/enforcement/prove", body, "admin")).json()
        assert (told["governed"], told["ungoverned"]) == (False, 1)
        assert [each["tag"] for each in told["findings"]] == ["enforcement:lost"]
        status = (await caller.operate("GET", "/status", None, "viewer")).json()
        assert [each["agent"] for each in status["ungoverned"]] == ["sample/support"]


@story
async def test_a_gateway_that_is_not_enrolled_cannot_be_proved(tmp_path):
    async with calling(tmp_path) as caller:
        body = {"gateway": "nowhere"}
        is_problem(await caller.operate("POST", "/enforcement/prove", body, "admin"), 404)


@story
async def test_the_witnesses_are_compared_on_demand(tmp_path):
    async with calling(tmp_path) as caller:
        probe = guarded(caller.house)
        told = (await caller.operate("POST", "/enforcement/reconcile", {}, "operator")).json()
        assert told["new"] == 0 and told["gateways"][0]["ledger"]["runs"] == 0
        probe.reachable = False
        told = (await caller.operate("POST", "/enforcement/reconcile", {}, "operator")).json()
        assert told["gateways"][0]["ledger"]["problem"] == "the gateway does not answer"
