"""A gateway's manifest: what the gateway itself may reach."""

from dataclasses import replace

import pytest

from clawband.model.access import GATEWAY, Action, Deny, Permit
from clawband.model.network import Basis
from clawband.openclaw import tools
from clawband.policy.evaluate import evaluate
from clawband.policy.sets import PolicyError, build
from tests.policy.asking import MANIFEST, around
from tests.policy.test_egress import connecting

PLAN = """\
gateway = "sample"
owner = "ops"
purpose = "the sample's own connections"
environment = "dev"

[[standing]]
name = "model"
purpose = "the model provider"
hosts = ["api.model.example"]
bytes_per_hour = 1000
connections = 2
"""
SET = build({"gateway.toml": PLAN, "desk.toml": MANIFEST}, tools.catalogue())


def itself(host, basis=Basis.STANDING, gateway="sample", port=443):
    asked = connecting(host, port, basis=basis, tool="")
    return replace(asked, principal=type(asked.principal)(gateway, GATEWAY))


def answer(asked):
    return evaluate(asked, around(), SET)


def test_a_standing_lease_is_for_its_hosts_and_its_gateway():
    assert isinstance(answer(itself("api.model.example")), Permit)
    assert isinstance(answer(itself("api.model.example", port=80)), Deny)
    assert isinstance(answer(itself("evil.example")), Deny)
    assert isinstance(answer(itself("api.model.example", gateway="other")), Deny)
    assert isinstance(answer(itself("api.model.example", basis=Basis.CALL)), Deny)


def test_an_agent_has_no_part_in_it():
    assert isinstance(answer(connecting("api.model.example", basis=Basis.STANDING)), Deny)


def test_no_agent_can_call_itself_the_gateway():
    with pytest.raises(PolicyError):
        build({"x.toml": MANIFEST.replace('"sample/desk"', f'"{GATEWAY}"')}, tools.catalogue())


def test_the_budget_and_what_happens_without_a_guard_are_read():
    plan = SET.gateways["sample"]
    assert (plan.ungoverned, plan.uncontained) == ("cut", "refuse")
    assert (plan.standing[0].bytes_per_hour, plan.standing[0].connections) == (1000, 2)
    assert Action.CONNECT in "".join(policy.text for policy in SET.policies)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('gateway = "sample"', 'gateway = "a/b"', "without spaces"),
        ('owner = "ops"', "", "a key `owner`"),
        ('name = "model"', 'name = "a b"', "without spaces"),
        ("connections = 2", "connections = 0", "from 1"),
        ("connections = 2", "more = 2", "got `more`"),
        ('environment = "dev"', 'environment = "dev"\nungoverned = "no"', "`cut` or `alert`"),
    ],
)
def test_what_is_wrong_is_told(old, new, told):
    with pytest.raises(PolicyError) as caught:
        build({"gateway.toml": PLAN.replace(old, new)}, tools.catalogue())
    assert told in str(caught.value)


def test_one_manifest_for_each_gateway():
    with pytest.raises(PolicyError, match="two for `sample`"):
        build({"a.toml": PLAN, "b.toml": PLAN}, tools.catalogue())
