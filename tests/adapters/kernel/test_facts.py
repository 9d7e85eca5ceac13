"""Facts of processes that anybody may look into: our own."""

import os
import socket
import subprocess
import sys
import time

import pytest

from clawband.adapters.kernel import facts
from clawband.model.errors import NotFoundError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")


@pytest.fixture
def sleeper():
    """A process with a secret in its environment."""
    given = {"PATH": os.environ["PATH"], "MY_API_KEY": "x", "GATEWAY_TOKEN": "y", "HOME": "/"}
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env=given)
    time.sleep(0.3)
    yield process.pid
    process.communicate(b"\n")


def test_who_a_process_is_and_what_it_may(sleeper):
    found = facts.process(sleeper)
    assert (found.pid, found.uid) == (sleeper, os.geteuid())
    assert os.getegid() in found.groups
    assert set(found.capabilities) == {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}
    assert found.own == frozenset(), "it shares every namespace with us"
    assert found.secrets == ("GATEWAY_TOKEN", "MY_API_KEY")


def test_what_a_user_may_open_is_asked_of_the_bits(tmp_path, sleeper):
    mine, closed = tmp_path / "mine", tmp_path / "closed"
    for path, mode in ((mine, 0o644), (closed, 0o000)):
        path.write_text("x")
        path.chmod(mode)
    asked = [str(mine), str(closed), str(tmp_path / "nothing")]
    assert facts.process(sleeper, asked, os.getpid()).sees == (str(mine),)


def test_an_open_port_is_found_unless_it_is_loopback(sleeper):
    with socket.create_server(("127.0.0.1", 0)) as inside:
        hidden = f":{inside.getsockname()[1]}"
        with socket.create_server(("127.0.0.2", 0)) as also:
            other = f":{also.getsockname()[1]}"
            found = facts._listening(sleeper)
    assert not [each for each in found if each.endswith((hidden, other))]
    with socket.create_server(("0.0.0.0", 0)) as outside:
        port = outside.getsockname()[1]
        assert f"*:{port}" in facts._listening(sleeper)


def test_mounts_are_read_with_their_last_word():
    said = (
        "21 1 8:1 / / rw,relatime - ext4 /dev/sda rw\n"
        "22 21 0:5 / / ro,nosuid - tmpfs tmpfs rw\n"
        "23 21 8:1 /x /srv/with\\040space rw shared:3 - ext4 /dev/sda rw\n"
        "24 21 8:1 / /usr rw,nodev - ext4 /dev/sda ro,relatime\n"
    )
    assert facts._mounts(said) == {
        "/": ("ro", "tmpfs"),
        "/srv/with space": ("rw", "ext4"),
        "/usr": ("ro", "ext4"),
    }


def test_a_process_that_is_gone_is_said_to_be():
    with pytest.raises(NotFoundError):
        facts.facts({"gateway": 4_194_304}, ())
