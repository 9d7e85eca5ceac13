"""Connections as questions on the one path."""

from datetime import UTC, datetime

import pytest

from clawband.enforcement.lease import Target
from clawband.flows.connect import Explained, Seen, destination, lease_of, names, question, standing
from clawband.model.access import GATEWAY, Action, Facts
from clawband.model.deployment import Gateway
from clawband.model.network import Basis
from clawband.model.provenance import Argument, Meaning
from clawband.openclaw import tools
from clawband.policy.sets import build
from tests.enforcement.test_lease import lease
from tests.enforcement.test_token import CLAIMS
from tests.flows.deciding import Desk, request
from tests.policy.asking import replaced
from tests.policy.test_egress import EGRESS
from tests.policy.test_gateways import PLAN
from tests.simulators.keepers import OnlyMemory

SET = build({"desk.toml": replaced() + EGRESS, "gateway.toml": PLAN}, tools.catalogue())
SAMPLE = Gateway(
    name="sample", environment="dev", credential="", enrolled=datetime(2026, 1, 1, tzinfo=UTC)
)
TARGET = Target("pypi.example", 443)


def asked(why, seen=Seen(), target=TARGET):  # noqa: B008 - a frozen value
    return question(SAMPLE, why, target, seen, OnlyMemory(), governed=True)


def test_the_command_of_a_call_connects_for_its_agent_under_its_ids():
    made = asked(Explained(basis=Basis.CALL, claims=CLAIMS))
    assert made.principal.id == CLAIMS.sub
    assert (made.trace.session, made.trace.run, made.trace.call) == ("s", "r", "c")
    assert (made.facts.net.tool, made.facts.net.basis) == ("web_fetch", Basis.CALL)
    assert (made.action, made.resource.id) == (Action.CONNECT, "pypi.example")


def test_a_lease_connects_for_its_agent():
    made = asked(Explained(basis=Basis.LEASE, lease=lease()))
    assert made.principal.id == "sample/support"
    assert made.trace.call == "c1"


def test_what_nothing_explains_is_the_gateways_own():
    made = asked(Explained(basis=Basis.NONE))
    assert made.principal.agent == GATEWAY
    decided = Desk(SET).told().run(made)
    assert decided.decision.reasons[0].policy == "egress/missing"


def test_a_request_that_is_seen_says_how_and_what():
    made = asked(Explained(basis=Basis.CALL, claims=CLAIMS), Seen(method="GET", route="/a", size=7))
    assert (made.action, made.facts.size) == (Action.REQUEST, 7)
    assert (made.facts.net.method, made.facts.net.route) == ("GET", "/a")


def test_the_log_says_where_and_why():
    decided = (
        Desk(SET)
        .told()
        .run(asked(Explained(basis=Basis.STANDING), target=Target("api.model.example", 443)))
    )
    detail = decided.unit.events[0].detail
    assert (detail["port"], detail["basis"]) == (443, "standing")
    assert decided.decision.verdict == "permit"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/x", {Target("news.example", 443)}),
        ("http://News.Example:8080/", {Target("news.example", 8080)}),
        ("http://127.1/", set()),
        ("http://a@news.example/", set()),
        ("not a url", set()),
    ],
)
def test_a_permitted_call_leases_what_its_urls_name(url, expected):
    facts = Facts(arguments=(Argument(Meaning.URL, "url", url),), systems=frozenset({"crm"}))
    decided = Desk(SET).told().run(request("look", facts=facts))
    assert decided.decision.verdict == "permit"
    found = lease_of(decided, SET)
    assert (set(found.targets) if found else set()) == expected


def test_a_refused_call_and_one_without_business_on_the_network_lease_nothing():
    assert lease_of(Desk(SET).told().run(request("drop")), SET) is None
    assert lease_of(Desk(SET).told().run(request("look")), SET) is None


def test_a_tool_with_hosts_of_its_own_has_a_lease_that_names_none():
    decided = Desk(SET).told().run(request("note", facts=Facts()))
    assert lease_of(decided, SET).targets == frozenset()


def test_lines_and_standing_leases_are_found_by_host_port_and_tool():
    workflow = SET.workflow_of("sample", "desk")
    assert destination(workflow, "note", TARGET).hosts[0] == "pypi.example"
    assert destination(workflow, "look", TARGET) is None
    assert destination(workflow, "note", Target("pypi.example", 80)) is None
    assert destination(None, "note", TARGET) is None
    assert standing(SET, "sample", Target("api.model.example", 443)).name == "model"
    assert standing(SET, "other", Target("api.model.example", 443)) is None
    assert standing(None, "sample", TARGET) is None


@pytest.mark.parametrize(
    ("host", "expected"),
    [("a.example", True), ("b.a.example", True), ("x.b.example", True), ("b.example", False),
     ("xb.example", False), ("", False)],
)  # fmt: skip
def test_a_star_stands_for_what_is_below(host, expected):
    assert names(("a.example", "b.a.example", "*.b.example"), host) is expected
