"""Every check: kept, broken, and not promised."""

from dataclasses import replace

import pytest

from clawband.containment.checks import CHECKS, Promise, results
from clawband.containment.definition import Link
from clawband.containment.facts import CAPABILITY_SETS, Facts, Process

GATEWAY = Process(
    pid=10,
    uid=1001,
    groups=(1001,),
    no_new_privileges=True,
    seccomp=2,
    capabilities=dict.fromkeys(CAPABILITY_SETS, 0),
    own=frozenset({"mnt", "net", "pid", "ipc", "uts", "cgroup"}),
    root_read_only=True,
    writable=("/srv/state", "/srv/work"),
)
COMMANDS = replace(GATEWAY, pid=11, uid=1002, groups=(1002,), writable=("/srv/work",))
FACTS = Facts(
    gateway=GATEWAY,
    commands=COMMANDS,
    routes=(
        "default via 10.86.0.1 dev eth0 ",
        "10.86.0.0/30 dev eth0",
        "default dev eth0 metric 1",
    ),
    firewall="table inet clawband { }",
)
PROMISE = Promise(
    user=1001,
    command_user=1002,
    writable=("/srv/state", "/srv/work"),
    hidden=("/srv/state/openclaw.json",),
    link=Link(0),
    firewall="table inet clawband { }",
    proxy="http://gateway:x@127.0.0.1:8621",
)
WORLD = {"own": frozenset({"ipc"})}
BROKEN = {
    "user": {"uid": 1003},
    "groups": {"groups": (1001, 0)},
    "no-new-privileges": {"no_new_privileges": False},
    "capabilities": {"capabilities": {**GATEWAY.capabilities, "CapBnd": 1 << 21}},
    "seccomp": {"seccomp": 0},
    "network": WORLD,
    "mounts": WORLD,
    "processes": WORLD,
    "root": {"root_read_only": False},
    "writable": {"writable": ("/", "/srv/state")},
    "environment": {"secrets": ("OPENAI_API_KEY",)},
}
BROKEN_FACTS = {
    "command-user": {"commands": None},
    "routes": {"routes": ("default via 192.168.0.1 dev eth1",)},
    "firewall": {"firewall": "table inet clawband { chain output { policy accept } }"},
    "listening": {"listening": ("*:18789",)},
    "token": {"commands": replace(COMMANDS, sees=("/srv/state/openclaw.json",))},
}


def outcome(promise, facts):
    return {each.check.id: each.outcome for each in results(promise, facts)}


def test_what_is_kept_passes():
    assert set(outcome(PROMISE, FACTS).values()) == {"pass"}


@pytest.mark.parametrize("id", BROKEN)
def test_a_gateway_that_broke_it_fails(id):
    broken = replace(FACTS, gateway=replace(GATEWAY, **BROKEN[id]))
    assert outcome(PROMISE, broken)[id] == "fail"


@pytest.mark.parametrize("id", [each for each in BROKEN if each not in ("user", "writable")])
def test_so_does_what_runs_commands(id):
    broken = replace(FACTS, commands=replace(COMMANDS, **BROKEN[id]))
    assert outcome(PROMISE, broken)[id] == "fail"


@pytest.mark.parametrize("id", BROKEN_FACTS)
def test_other_facts_that_break_it(id):
    assert outcome(PROMISE, replace(FACTS, **BROKEN_FACTS[id]))[id] == "fail"


@pytest.mark.parametrize("proxy", ["", "http://proxy.example:3128"])
def test_a_gateway_that_does_not_use_the_proxy_fails(proxy):
    assert outcome(replace(PROMISE, proxy=proxy), FACTS)["proxy"] == "fail"


def test_the_same_user_for_both_fails():
    same = replace(FACTS, commands=replace(COMMANDS, uid=1001))
    assert outcome(PROMISE, same)["command-user"] == "fail"
    assert outcome(PROMISE, replace(FACTS, gateway=replace(GATEWAY, uid=0)))["user"] == "fail"


def test_a_firewall_that_is_gone_fails():
    assert outcome(PROMISE, replace(FACTS, firewall=""))["firewall"] == "fail"


def test_what_a_form_does_not_promise_is_skipped():
    found = outcome(Promise(proxy=PROMISE.proxy), replace(FACTS, commands=None, routes=()))
    skipped = {name for name, said in found.items() if said == "skip"}
    assert skipped == {"command-user", "writable", "firewall", "token"}


def test_each_check_has_a_broken_case_and_says_what_to_do():
    assert {each.id for each in CHECKS} == {*BROKEN, *BROKEN_FACTS, "proxy"}
    assert all(each.what and each.why and each.remedy for each in CHECKS)
