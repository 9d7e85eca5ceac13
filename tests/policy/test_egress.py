"""Where a workflow's commands and tools may connect."""

from dataclasses import replace

import pytest

from clawband.model.access import Action, Deny, Permit, Resource, ResourceKind
from clawband.model.label import Confidentiality
from clawband.model.network import Basis, Net
from clawband.policy.evaluate import evaluate
from clawband.policy.sets import PolicyError
from tests.policy.asking import around, policy_set, replaced, request

EGRESS = """
[[egress]]
hosts = ["pypi.example", "*.files.example"]
ports = [443, 8443]
tools = ["note"]
clearance = "internal"

[[egress]]
hosts = ["api.example"]
tools = ["note"]
inspect = true
methods = ["GET"]
paths = ["/v1/", "/health"]
"""
FETCH = (
    ('reads = ["look"]', 'reads = ["look", "web_fetch"]'),
    ("[tools.look]", '[hosts]\nweb_fetch = ["news.example"]\n[tools.look]'),
)
SET = policy_set(replaced(*FETCH) + EGRESS)


def connecting(host, port=443, basis=Basis.CALL, tool="note", action=Action.CONNECT, **seen):
    asked = request(action, host)
    net = Net(host=host, port=port, basis=basis, tool=tool, **seen)
    facts = type(asked.facts)(net=net, hosts=frozenset({host}))
    return type(asked)(
        principal=asked.principal, requester=asked.requester, action=action,
        resource=Resource(ResourceKind.HOST, host), facts=facts,
    )  # fmt: skip


def may(asked, **circumstances):
    return isinstance(evaluate(asked, around(**circumstances), SET), Permit)


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [
        ("pypi.example", 443, True),
        ("pypi.example", 8443, True),
        ("pypi.example", 80, False),
        ("a.files.example", 443, True),
        ("a.b.files.example", 443, True),
        ("files.example", 443, False),
        ("evilfiles.example", 443, False),
        ("pypi.example.evil.example", 443, False),
        ("evil.example", 443, False),
    ],
)
def test_only_listed_hosts_and_ports(host, port, expected):
    assert may(connecting(host, port)) is expected


def test_a_line_holds_for_its_tools_only():
    assert not may(connecting("pypi.example", tool="look"))


def test_a_connection_that_nothing_explains_is_refused_whatever_is_listed():
    answer = evaluate(connecting("pypi.example", basis=Basis.NONE), around(), SET)
    assert [reason.policy for reason in answer.reasons] == ["egress/missing"]


def test_what_a_session_has_read_decides_where_it_may_connect():
    assert may(connecting("pypi.example"), confidentiality=Confidentiality.INTERNAL)
    assert not may(connecting("pypi.example"), confidentiality=Confidentiality.CONFIDENTIAL)


def test_nothing_leaves_while_the_guard_is_not_asked():
    for basis in Basis:
        asked = replace(connecting("pypi.example", basis=basis), governed=False)
        assert not may(asked)


@pytest.mark.parametrize(
    ("method", "route", "expected"),
    [
        ("GET", "/v1/things", True),
        ("GET", "/health", True),
        ("GET", "/healthy", False),
        ("GET", "/v2/things", False),
        ("POST", "/v1/things", False),
    ],
)
def test_requests_that_are_seen_are_held_to_methods_and_paths(method, route, expected):
    asked = connecting("api.example", action=Action.REQUEST, method=method, route=route)
    assert may(asked) is expected
    assert may(connecting("api.example"))  # the tunnel itself, which is ended here


def test_a_call_that_names_the_host_opens_it():
    assert may(connecting("other.example", basis=Basis.LEASE, tool="web_fetch"))


@pytest.mark.parametrize(("host", "expected"), [("news.example", True), ("evil.example", False)])
def test_a_redirect_stays_on_the_list(host, expected):
    asked = connecting(host, basis=Basis.REDIRECT, tool="web_fetch")
    assert may(asked) is expected


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('hosts = ["*"]\ntools = ["note"]', "in small letters"),
        ('hosts = ["*.com"]\ntools = ["note"]', "a domain of one owner"),
        ('hosts = ["https://a.example"]\ntools = ["note"]', "in small letters"),
        ('hosts = []\ntools = ["note"]', "at least one host"),
        ('hosts = ["a.example"]\ntools = ["gone"]', "got `gone`"),
        ('hosts = ["a.example"]', "a key `tools`"),
        ('hosts = ["a.example"]\ntools = ["note"]\nports = []', "at least one port"),
        ('hosts = ["a.example"]\ntools = ["note"]\nports = [0]', "from 1 to 65535"),
        ('hosts = ["a.example"]\ntools = ["note"]\naddresses = ["10.0.0.1/8"]', "a network"),
        ('hosts = ["a.example"]\ntools = ["note"]\nmethods = ["GET"]', "inspect = true"),
        ('hosts = ["a.example"]\ntools = ["note"]\ninspect = true\nmethods = ["get"]', "`get`"),
        ('hosts = ["a.example"]\ntools = ["note"]\ninspect = true\npaths = ["v1"]', "`v1`"),
        ('hosts = ["a.example"]\ntools = ["note"]\nmask = ["secret"]', "beside `mask`"),
        ('hosts = ["a.example"]\ntools = ["note"]\ncredential = "crm"', "beside `credential`"),
        ('hosts = ["a.example"]\ntools = ["note"]\ninspect = true\nmask = ["all"]', "`all`"),
    ],
)
def test_a_wrong_line_is_refused_with_its_place(wrong, told):
    with pytest.raises(PolicyError, match=".") as caught:
        policy_set(replaced() + f"\n[[egress]]\n{wrong}\n")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [({"business"}, True), ({"personal"}, False), ({"business", "secret"}, False)],
)
def test_what_is_seen_in_a_request_leaves_within_the_clearance_of_its_line(tags, expected):
    asked = connecting("pypi.example", action=Action.REQUEST, method="POST", route="/")
    facts = replace(asked.facts, tags=frozenset(tags))
    assert may(replace(asked, facts=facts)) is expected


def test_what_is_masked_does_not_leave():
    masked = EGRESS.replace(
        "inspect = true", 'inspect = true\nclearance = "public"\nmask = ["secret"]'
    )
    with_mask = policy_set(replaced(*FETCH) + masked)
    asked = connecting("api.example", action=Action.REQUEST, method="GET", route="/health")
    for tag, expected in (("secret", Permit), ("personal", Deny)):
        facts = replace(asked.facts, tags=frozenset({tag}))
        answer = evaluate(replace(asked, facts=facts), around(), with_mask)
        assert isinstance(answer, expected), tag
