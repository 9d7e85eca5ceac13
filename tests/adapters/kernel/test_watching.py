"""A namespace that somebody else made with our rules: what it drops is told all the same."""

import os
import subprocess
import sys

import pytest

from clawband.containment.definition import Link
from clawband.containment.firewall import ruleset
from tests.adapters.kernel.conftest import needs
from tests.conftest import IN_CI
from tests.containment.test_definition import DEFINITION

SCRIPT = """
ip link set lo up && ip link add out type veth peer name eth0 &&
ip link set out up && ip addr add {inside}/30 dev eth0 &&
ip link set eth0 up && ip route add default via {outside} && nft -f {rules} || exit 9
{watch} & watcher=$!
sleep 2; curl -sS -m 3 http://203.0.113.9/; getent ahosts name.example; sleep 1
kill $watcher; wait $watcher
"""


@pytest.mark.slow
def test_what_is_dropped_is_told(tmp_path):
    if reason := needs():
        (pytest.fail if IN_CI else pytest.skip)(reason)
    link = Link(0)
    (tmp_path / "rules").write_text(ruleset(DEFINITION, link))
    (tmp_path / "credential").write_text("x")
    (tmp_path / "clawband.toml").write_text('state = "s"\n')
    watch = (
        f"{sys.executable} -m clawband -C {tmp_path} contain watch --user {os.getuid()}"
        f" --command-user 64121 --credential {tmp_path}/credential"
    )
    places = {"inside": link.inside, "outside": link.outside}
    script = SCRIPT.format(rules=tmp_path / "rules", watch=watch, **places)
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", script], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "stopped: gateway: tcp 203.0.113.9:80" in done.stderr


@pytest.mark.slow
def test_without_the_right_it_says_so(tmp_path):
    if reason := needs():
        (pytest.fail if IN_CI else pytest.skip)(reason)
    (tmp_path / "credential").write_text("x")
    words = [sys.executable, "-m", "clawband", "-C", str(tmp_path), "contain", "watch"]
    more = ["--user", "1", "--command-user", "2", "--credential", str(tmp_path / "credential")]
    bare = ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"]
    done = subprocess.run([*bare, *words, *more], capture_output=True, text=True, timeout=60)
    assert done.returncode == 6 and "CAP_NET_ADMIN" in done.stderr
