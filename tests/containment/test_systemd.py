"""systemd units: what they promise, and what systemd itself thinks of them."""

import os
import re
import shutil
import subprocess

import pytest

from clawband.containment.definition import Link
from clawband.containment.systemd import files
from tests.containment.test_definition import DEFINITION

AROUND = {
    "python": "/usr/bin/python3",
    "spawner": "/opt/clawband/launcher/spawner.py",
    "clawband": "/usr/bin/true",
    "folder": "/etc/clawband",
    "state": "/var/clawband",
}
FILES = files(DEFINITION, Link(3), ("/usr/bin/env", "openclaw", "gateway", "run"), AROUND)
SERVICES = sorted(name for name in FILES if name.endswith(".service") and "-link." not in name)
ALWAYS = (
    "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "PrivateDevices=yes",
    "ProtectProc=invisible", "RestrictNamespaces=yes", "SystemCallFilter=@system-service seccomp",
    "UMask=0077",
)  # fmt: skip


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_hardened_and_nobody_is_root(name):
    unit = FILES[name].splitlines()
    assert not [line for line in ALWAYS if not any(each.startswith(line) for each in unit)]
    assert any(re.fullmatch(r"User=(?!root).+", line) for line in unit)


def test_only_what_runs_node_may_write_code():
    allowed = {name for name in SERVICES if "\nMemoryDenyWriteExecute=yes" not in FILES[name]}
    names = {"openclaw-shop.service", "openclaw-shop-commands.service"}
    assert allowed == {f"system/{each}" for each in names}


def test_the_gateway_has_no_way_but_the_link():
    unit = FILES["system/openclaw-shop.service"]
    assert "NetworkNamespacePath=/run/netns/openclaw-shop\n" in unit
    assert "IPAddressDeny=any\nIPAddressAllow=localhost 10.86.0.13 10.86.0.14\n" in unit
    assert "ip daddr 10.86.0.13 tcp dport { 8621 } accept" in FILES["clawband/openclaw-shop.nft"]
    out = FILES["system/openclaw-shop-out-8621.socket"]
    assert "ListenStream=10.86.0.13:8621\nBindToDevice=clawband3\n" in out
    assert (
        "systemd-socket-proxyd 127.0.0.1:8621\n" in FILES["system/openclaw-shop-out-8621.service"]
    )


def test_commands_are_somebody_else_who_sees_no_state():
    unit = FILES["system/openclaw-shop-commands.service"]
    assert "User=openclaw-commands\n" in unit
    assert "InaccessiblePaths=-/srv/state -/var/clawband/shop.credential" in unit
    door = FILES["system/openclaw-shop-commands.socket"]
    assert f"ListenStream={DEFINITION.door}\nSocketUser=openclaw\nSocketMode=0600\n" in door


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
@pytest.mark.parametrize("name", SERVICES)
def test_systemd_finds_little_exposed(name, tmp_path):
    for each, text in FILES.items():
        (tmp_path / os.path.basename(each)).write_text(text)
    unit = str(tmp_path / os.path.basename(name))
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "--offline" in done.stderr or "root" in done.stderr:
        pytest.skip("this systemd-analyze cannot look at a file")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
