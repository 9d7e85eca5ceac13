"""Where things belong, and what of them somebody sees."""

from dataclasses import dataclass, field

import pytest

from clawband.flows import sight
from clawband.flows.sight import BATCH, BATCHES, Sight
from clawband.identity.roles import Act
from clawband.model.control import Control, ControlKind
from clawband.model.deployment import Gateway
from clawband.model.errors import AuthenticationError
from clawband.model.event import Event, Leaf, Tag
from clawband.model.person import Operator, SignedIn
from clawband.ports.store import Query
from tests.simulators.clocks import START

GATEWAYS = [
    Gateway(name=name, environment=where, credential="", enrolled=START)
    for name, where in (("shop", "production"), ("lab", "dev"), ("shop2", "staging"))
]


def sees(*roles, act=Act.LOOK):
    who = Operator(name="ana", roles=frozenset(roles), added=START)
    return Sight(SignedIn(operator=who, assurance=1, session="s"), GATEWAYS, act)


def leaf(index, **about):
    event = Event(id=f"evt_{index}", at=START, tag=Tag.DECISION_PERMIT, **about)
    return Leaf(index, b"", event)


@dataclass
class Log:
    """Implements what is asked of `ports.store.Records`; newest first, like a store."""

    leaves: list[Leaf]
    reads: list[Query] = field(default_factory=list)

    def find(self, query):
        self.reads.append(query)
        newest = sorted(self.leaves, key=lambda each: -each.index)
        return [
            each for each in newest if query.before is None or each.index < query.before
        ][: query.limit]  # fmt: skip


@pytest.mark.parametrize(("principal", "environment"), [
    ("shop", "production"), ("shop/desk", "production"), ("lab/desk", "dev"),
    ("shop2/desk", "staging"), ("", ""), ("gone/desk", ""), ("sho", ""), ("/desk", ""),
    ("desk/shop", ""),
])  # fmt: skip
def test_what_belongs_to_no_known_gateway_belongs_to_clawband(principal, environment):
    assert sight.where(principal, GATEWAYS) == environment
    limited = sees("viewer@production", "viewer@dev", "viewer@staging")
    assert limited.of(principal) == bool(environment) and sees("viewer").of(principal)
    if not environment:
        with pytest.raises(AuthenticationError, match="everywhere"):
            limited.require(principal)


def test_an_event_is_about_its_gateway_also_where_only_its_agent_is_told():
    assert sight.about(leaf(0, agent="shop/desk").event) == "shop"
    assert sight.about(leaf(0, gateway="lab", agent="shop/desk").event) == "lab"
    assert sight.about(leaf(0, who="ana").event) == ""


@pytest.mark.parametrize(("kind", "name", "environment"), [
    (ControlKind.GATEWAY, "shop", "production"), (ControlKind.AGENT, "lab/desk", "dev"),
    (ControlKind.AGENT, "desk", ""), (ControlKind.TOOL, "shop", ""),
    (ControlKind.CHANNEL, "shop", ""), (ControlKind.SKILL, "shop", ""),
    (ControlKind.WORKFLOW, "unknown", ""), (ControlKind.GATEWAY, "gone", ""),
])  # fmt: skip
def test_a_pause_that_may_hold_in_two_environments_is_in_none(kind, name, environment):
    control = Control(kind, name, "ana", START)
    assert sight.paused_in(control, GATEWAYS, ()) == environment


def test_who_sees_a_part_reads_on_until_enough_is_found():
    log = Log([leaf(index, gateway="shop" if index % 500 else "lab") for index in range(3_000)])
    found = sees("viewer@dev").find(Query(limit=4), log)
    assert [each.index for each in found] == [2500, 2000, 1500, 1000] and len(log.reads) == 2
    rest = sees("viewer@dev").find(Query(limit=4, before=1000), log)
    assert [each.index for each in rest] == [500, 0]


def test_it_reads_no_more_than_its_bound_and_nothing_for_nobody():
    log = Log([leaf(index, gateway="shop") for index in range(BATCH * BATCHES + 1)])
    assert sees("viewer@dev").find(Query(limit=1), log) == [] and len(log.reads) == BATCHES
    log.reads.clear()
    assert sees().find(Query(limit=1), log) == [] and log.reads == []


def test_who_sees_everything_asks_once_as_it_was_asked():
    log, query = Log([leaf(1, gateway="shop"), leaf(2)]), Query(limit=7)
    assert len(sees("viewer").find(query, log)) == 2 and log.reads == [query]


def test_it_is_about_the_act():
    payload = sees("viewer", "auditor@dev", act=Act.READ_PAYLOAD)
    assert payload.of("lab/desk") and not payload.of("shop/desk") and not payload.whole
