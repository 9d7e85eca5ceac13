"""Tickets: good once, for a minute, for the command that was decided."""

from dataclasses import replace

import pytest

from clawband.flows.launch import TICKET
from clawband.model.access import Permit
from clawband.service.launches import TRUSTING
from tests.simulators.small import LAUNCHER, WORKFLOWS, small, story

EXEC = WORKFLOWS["support.toml"].replace('[[approvals]]\ntool = "exec"\nrole = "approver"\n', "")
POLICIES = {**WORKFLOWS, "support.toml": EXEC}
KERNEL = {"landlock": ["7"], "notify": ["1"], "kernel": ["6.18"]}


async def started(house, command="date", call="c1", **more):
    """The line that the gateway is told to run, after a person asked for it."""
    await house.ask("run", {"prompt": "run it", "runId": "r1"}, workspaceDir="/srv/space")
    decided = await house.call("exec", call, {"command": command, **more})
    assert isinstance(decided.decision, Permit), decided.decision
    return decided.decision.params


async def redeemed(house, params, **facts):
    ticket = params["env"][TICKET]
    said = {"ticket": [ticket], **KERNEL, **{key: [value] for key, value in facts.items()}}
    status, answer = await house.service.launches.answer("redeem", said)
    told = {}
    for key, value in answer:
        told.setdefault(key, []).append(value)
    return status, told


def launcher(params, told):
    """What only the launcher has: the command has the token alone."""
    return {"token": told["token"], "ticket": [params["env"][TICKET]]}


@story
async def test_the_gateway_runs_the_launcher_and_the_launcher_gets_the_command(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        params = await started(house, "curl x | sh", env={"A": "b"})
        assert params["command"] == "launcher 8621"
        assert "curl" not in str(params)
        status, told = await redeemed(house, params)
        assert (status, told["command"], told["env"]) == (200, ["curl x | sh"], ["A=b"])
        assert (told["read"], told["write"]) == (["/usr"], ["/srv/space"])
        assert [each.outcome for each in house.events("launch:start")] == ["started"]


INSPECT = '\n[[egress]]\nhosts = ["api.example"]\ntools = ["exec"]\ninspect = true\n'


@pytest.mark.parametrize(("more", "expected"), [("", False), (INSPECT, True)])
@story
async def test_a_command_trusts_us_only_where_its_tls_is_looked_into(tmp_path, more, expected):
    async with small(tmp_path, policies={**POLICIES, "support.toml": EXEC + more}) as house:
        launches = house.service.launches
        launches.launcher = replace(LAUNCHER, trust="/var/authorities.pem")
        _, told = await redeemed(house, await started(house, env={"A": "b"}))
        assert ("/var/authorities.pem" in told["read"]) is expected
        named = [each for each in told["env"] if each.endswith("=/var/authorities.pem")]
        assert named == ([f"{name}=/var/authorities.pem" for name in TRUSTING] if expected else [])


@story
async def test_a_ticket_is_good_once_and_for_a_minute(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        params = await started(house)
        assert (await redeemed(house, params))[0] == 200
        status, told = await redeemed(house, params)
        assert (status, "used" in told["reason"][0]) == (403, True)
        late = await started(house, call="c2")
        house.clock.forward(seconds=60)
        assert (await redeemed(house, late))[0] == 403
        assert (await redeemed(house, {"env": {TICKET: "0" * 48}}))[0] == 403


@pytest.mark.parametrize(("kind", "name"), [("agent", "sample/support"), ("tool", "exec")])
@story
async def test_what_was_paused_meanwhile_is_not_started(tmp_path, kind, name):
    async with small(tmp_path, policies=POLICIES) as house:
        params = await started(house)
        await house.service.stops.pause(kind, name, house.signed("operator"))
        status, told = await redeemed(house, params)
        assert status == 403 and "was paused meanwhile" in told["reason"][0]
        (refused,) = house.events("launch:refuse")
        assert refused.outcome in told["reason"][0]


@story
async def test_a_command_of_an_ungoverned_agent_is_not_started(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        params = await started(house)
        house.service.egress.governed = lambda _gateway, _agent: False
        status, told = await redeemed(house, params)
        assert status == 403 and "ungoverned" in told["reason"][0]
        assert house.events("launch:start") == []


@pytest.mark.parametrize("missing", ["landlock", "notify"])
@story
async def test_a_kernel_that_cannot_contain_runs_nothing(tmp_path, missing):
    async with small(tmp_path, policies=POLICIES) as house:
        params = await started(house)
        status, told = await redeemed(house, params, **{missing: "0"})
        assert (status, "command" in told) == (403, False)
        assert "this kernel has no" in told["reason"][0]
        assert house.events("launch:refuse")


@story
async def test_the_gateways_manifest_may_accept_such_a_kernel(tmp_path):
    plan = WORKFLOWS["gateway-sample.toml"].replace('"refuse"', '"accept"')
    async with small(tmp_path, policies={**POLICIES, "gateway-sample.toml": plan}) as house:
        params = await started(house)
        assert (await redeemed(house, params, landlock="0"))[0] == 200


@story
async def test_what_the_sandbox_stopped_is_told_once_each_and_belongs_to_the_call(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        params = await started(house)
        _, told = await redeemed(house, params)
        said = {**launcher(params, told), "blocked": ["connect 203.0.113.9:443"] * 3 + ["ptrace"]}
        assert (await house.service.launches.answer("report", said))[0] == 200
        blocked = house.events("launch:block")
        assert [each.detail["attempt"] for each in blocked] == ["connect 203.0.113.9:443", "ptrace"]
        assert {(each.run, each.call) for each in blocked} == {("r1", "c1")}


@story
async def test_the_end_ends_the_credential(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        params = await started(house)
        _, told = await redeemed(house, params)
        end = {**launcher(params, told), "exit": ["3"], "signal": ["0"], "milliseconds": ["12"]}
        assert (await house.service.launches.answer("end", end))[0] == 200
        assert house.events("launch:end")[0].detail["exit"] == 3
        for what in ("end", "report"):
            assert (await house.service.launches.answer(what, end))[0] == 403


@story
async def test_a_command_cannot_speak_for_its_launcher(tmp_path):
    """It has the token. By ending itself it would be rid of reports about it."""
    async with small(tmp_path, policies=POLICIES) as house:
        params = await started(house)
        _, told = await redeemed(house, params)
        _, other = await redeemed(house, await started(house, call="c2"))
        for ticket in ([], [""], ["0" * 48], other["token"]):
            said = {"token": told["token"], "ticket": ticket, "blocked": ["ptrace"]}
            for what in ("end", "report"):
                assert (await house.service.launches.answer(what, said))[0] == 403
        assert house.events("launch:end") + house.events("launch:block") == []
        said = {**launcher(params, told), "blocked": ["ptrace"]}
        assert (await house.service.launches.answer("report", said))[0] == 200


@story
async def test_an_approved_command_is_launched_and_one_that_waits_is_not(tmp_path):
    async with small(tmp_path) as house:
        await house.ask("run", {"prompt": "run it", "runId": "r1"})
        held = await house.call("exec", "c1", {"command": "date"})
        await house.service.approvals.grant(held.decision.approval, house.signed("approver"))
        decided = await house.call("exec", "c1", {"command": "date"})
        params = decided.decision.params or {}
        assert params["command"] == "launcher 8621"
        _, told = await redeemed(house, params)
        assert told["command"] == ["date"]
        assert "write" not in told  # no run has told the workspace


@story
async def test_words_that_are_no_wire_are_refused(tmp_path):
    async with small(tmp_path, policies=POLICIES) as house:
        for what in ("redeem", "report", "end", "other"):
            status, told = await house.service.launches.answer(what, {})
            assert (status, told[0][0]) == (403, "reason")
