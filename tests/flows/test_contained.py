"""No command runs on the gateway's machine outside the launcher."""

from dataclasses import replace

import pytest

from clawband.flows.contained import guard, wrappable
from clawband.model.access import Action, Resource, ResourceKind
from clawband.openclaw import tools
from clawband.policy.sets import build
from tests.flows.deciding import Desk, request
from tests.policy.asking import replaced
from tests.policy.test_gateways import PLAN

EXEC = replaced(('writes = ["note", "pay"]', 'writes = ["note", "pay", "exec"]'))
SET = build({"desk.toml": EXEC, "gateway.toml": PLAN}, tools.catalogue())
ACCEPTS = build(
    {
        "desk.toml": EXEC,
        "gateway.toml": PLAN.replace('dev"', 'dev"\nuncontained = "accept"', 1),
    },
    tools.catalogue(),
)


def running(tool="exec", *, contained=True, **arguments):
    asked = request(
        action=Action.EXECUTE, resource=Resource(ResourceKind.TOOL, tool),
        arguments={"command": "date", **arguments}, contained=contained,
    )  # fmt: skip
    return replace(asked, tool=tools.catalogue()[tool])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (running(), True),
        (running(host="gateway"), True),
        (running(host="auto"), True),
        (running(host="node"), False),
        (running(host="sandbox"), False),
        (running(host=["gateway"]), False),
        (running(command=""), False),
        (running(command=["date"]), False),
        (running("terminal"), False),
    ],
)
def test_what_the_launcher_can_start(asked, expected):
    assert wrappable(asked) is expected
    assert (guard(asked, SET) is None) is expected


def test_without_a_launcher_nothing_runs():
    assert guard(running(contained=False), SET).reasons[0].policy == "clawband/uncontained"
    assert guard(running(contained=False), None) is not None


def test_the_gateways_manifest_may_accept_it():
    assert guard(running(contained=False), ACCEPTS) is None
    assert guard(running(host="node"), ACCEPTS) is None


def test_other_calls_are_none_of_its_business():
    assert guard(request("pay"), SET) is None
    assert guard(replace(running(), action=Action.RESULT), SET) is None


def test_it_stands_on_the_one_path_and_no_approval_lifts_it():
    desk = Desk(SET).told()
    decided = desk.run(running(contained=False))
    assert decided.decision.verdict == "deny"
    assert not desk.memory.open
    assert desk.run(running()).decision.verdict == "permit"
