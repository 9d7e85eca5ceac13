"""What may be contained, and what an openclaw.json says about it."""

from dataclasses import replace
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.containment.definition import Account, Definition, Link, named
from clawband.model.errors import InputError

GATEWAY = Account("openclaw", 1001, 1001)
COMMANDS = Account("openclaw-commands", 1002, 1002)
DEFINITION = Definition(
    name="shop",
    gateway=GATEWAY,
    commands=COMMANDS,
    config="/srv/state/openclaw.json",
    ports=(8621,),
    read=("/opt/plugin",),
    write=("/srv/state",),
    shared=("/srv/workspace",),
    private=("/var/clawband/shop.credential",),
    sockets=("/var/clawband/gateway.sock",),
)


def test_the_door_is_named_by_who_may_use_it():
    assert DEFINITION.door == "/run/clawband/commands-of-1001.sock"


@pytest.mark.parametrize(
    "wrong",
    [
        {"read": ("/",)},
        {"write": ("relative",)},
        {"shared": ("/srv/../etc",)},
        {"private": ("/srv//x",)},
        {"sockets": ("/srv/x/",)},
        {"gateway": Account("root", 0, 0)},
        {"commands": Account("wheel", 7, 0)},
        {"commands": GATEWAY},
        {"ports": ()},
    ],
    ids=str,
)
def test_what_contains_nothing_is_refused(wrong):
    with pytest.raises(InputError) as refused:
        replace(DEFINITION, **wrong)
    assert refused.value.remedy


@given(st.integers(0, 16_383), st.integers(0, 16_383))
def test_links_do_not_meet(one, other):
    first, second = Link(one), Link(other)
    network = ip_network(f"{first.outside}/30", strict=False)
    assert {first.outside, first.inside} <= {str(each) for each in network.hosts()}
    assert len(first.device) <= 15, "the kernel's limit of a name"
    met = ip_network(f"{second.outside}/30", strict=False) == network
    assert met == (one == other) == (first.device == second.device)


def test_a_configuration_names_its_ports_and_places():
    found = named(
        {
            "gateway": {"port": 4000},
            "proxy": {"proxyUrl": "http://gateway:secret@127.0.0.1:8621"},
            "models": {"providers": {"a": {"baseUrl": "http://localhost:11434/v1"}}},
            "channels": {"telegram": {"apiRoot": "https://api.example.com"}},
            "agents": {
                "defaults": {"workspace": "/srv/one"},
                "entries": {"b": {"workspace": "/srv/two"}, "c": {}},
            },
            "logging": {"file": "/srv/log/gateway.jsonl"},
            "plugins": {
                "load": {"paths": ["/opt/plugin"]},
                "entries": {
                    "clawband": {"config": {"socket": "/v/g.sock", "credentialFile": "/v/c"}}
                },
            },
        }
    )
    assert (found.proxy_port, found.ports, found.inbound) == (8621, (11434,), 4000)
    assert found.shared == ("/srv/one", "/srv/two")
    assert (found.read, found.write) == (("/opt/plugin",), ("/srv/log",))
    assert (found.private, found.sockets) == (("/v/c",), ("/v/g.sock",))


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"proxy": "x", "models": 3, "agents": [], "plugins": None, "gateway": {"port": "x"}},
        {"proxy": {"proxyUrl": "http://127.0.0.1:99999999"}, "logging": {"file": 1}},
        {"agents": {"entries": {"a": None}}, "plugins": {"entries": {"clawband": {"config": []}}}},
    ],
    ids=str,
)
def test_odd_configurations_name_nothing(odd):
    found = named(odd)
    assert (found.proxy_port, found.ports, found.shared, found.private) == (0, (), (), ())
    assert found.inbound == 18789


def test_a_proxy_elsewhere_is_not_ours():
    assert named({"proxy": {"proxyUrl": "http://10.0.0.1:8621"}}).proxy_port == 0
