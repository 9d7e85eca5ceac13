"""Containers: a gateway without a network, and who else is in there."""

import json

import yaml

from clawband.containment.container import files
from tests.containment.test_definition import DEFINITION

FILES = files(DEFINITION)
COMPOSE = yaml.safe_load(FILES["compose.yaml"])
SERVICES = COMPOSE["services"]


def test_every_container_is_held():
    for name, service in SERVICES.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        user, group = service["user"].split(":")
        assert int(user) > 0 and int(group) > 0, name
        assert "cap_add" not in service and "privileged" not in service, name


def test_the_gateway_has_no_network_and_its_commands_share_that():
    assert SERVICES["openclaw"]["network_mode"] == "none"
    inside = {
        name for name, each in SERVICES.items() if each.get("network_mode") == "service:openclaw"
    }
    assert inside == {"commands", "link-in"}
    published = [port for each in SERVICES.values() for port in each.get("ports", [])]
    assert published == ["127.0.0.1:8620:8630"]


def test_commands_are_another_user_without_the_state():
    gateway, commands = SERVICES["openclaw"], SERVICES["commands"]
    assert gateway["user"] != commands["user"]
    assert [each.split(":")[0] for each in commands["volumes"]] == ["workspaces", "door"]
    assert commands["command"][2].endswith(
        "clawband.launcher.spawner 1001 /run/clawband/commands-of-1001.sock"
    )


def test_every_relay_has_its_other_end():
    out, into = (SERVICES[name]["command"][3:] for name in ("link-out", "link-in"))
    carried = {each.partition("=")[2] for each in into if each.startswith("127.")}
    offered = {each.partition("=")[0] for each in out}
    assert carried == {"unix:/link/8621.sock"} and carried <= offered
    entered = {each.partition("=")[2] for each in out if each.startswith("127.")}
    assert entered == {"unix:/link/in-18789.sock"} <= {each.partition("=")[0] for each in into}


def test_each_profile_is_named_and_there():
    for service in ("openclaw", "commands"):
        named = [each for each in SERVICES[service]["security_opt"] if each.startswith("seccomp=")]
        assert json.loads(FILES[named[0].removeprefix("seccomp=./")])["defaultErrnoRet"] == 38
    stages = [line for line in FILES["Containerfile"].splitlines() if line.startswith("FROM")]
    built = {line.rpartition(" AS ")[2] for line in stages}
    assert (
        {each["build"]["target"] for each in SERVICES.values()} == {"clawband", "openclaw"} < built
    )
    assert "{" not in FILES["Containerfile"].replace("${", "")
