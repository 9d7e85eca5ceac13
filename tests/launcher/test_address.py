"""Socket addresses as a command gives them: all that is not the proxy is somebody else."""

import socket
import struct

import pytest

from clawband.launcher.address import Address, host_bytes

PROXY = (host_bytes("127.0.0.1"), 8621)


def inet(host, port):
    return struct.pack("<H", socket.AF_INET) + struct.pack(">H", port) + host_bytes(host) + bytes(8)


def inet6(host, port, scope=0):
    head = struct.pack("<H", socket.AF_INET6) + struct.pack(">HI", port, 7)
    return head + host_bytes(host) + struct.pack("<I", scope)


def unix(path):
    return struct.pack("<H", socket.AF_UNIX) + path


@pytest.mark.parametrize("raw", [inet("127.0.0.1", 8621), inet6("::ffff:127.0.0.1", 8621)])
def test_the_proxy_is_found_in_both_forms(raw):
    assert Address(raw).leads_to(*PROXY)


OTHERS = [
    (inet("127.0.0.2", 8621), "connect 127.0.0.2:8621"),
    (inet("127.0.0.1", 8622), "connect 127.0.0.1:8622"),
    (inet("0.0.0.0", 8621), "connect 0.0.0.0:8621"),
    (inet6("::1", 8621), "connect [::1]:8621"),
    (inet6("::127.0.0.1", 8621), "connect [::127.0.0.1]:8621"),
    (inet6("64:ff9b::7f00:1", 8621), "connect [64:ff9b::7f00:1]:8621"),
    (inet("127.0.0.1", 8621)[:8], "connect family-2"),
    (inet6("::ffff:127.0.0.1", 8621)[:20], "connect family-10"),
    (unix(b"/run/docker.sock\0\0\0"), "unix /run/docker.sock"),
    (unix(b"\0name"), "unix @name"),
    (unix(b"\xff\0"), "unix \\xff"),
    (unix(b""), "unix "),
    (b"\0\0" + bytes(14), "connect family-0"),
    (struct.pack("<HHIII", socket.AF_VSOCK, 0, 8621, 2, 0), "connect family-40"),
]


@pytest.mark.parametrize(("raw", "text"), OTHERS)
def test_everything_else_is_not(raw, text):
    address = Address(raw)
    assert not address.leads_to(*PROXY)
    assert address.text == text


def test_what_is_connected_to_is_made_anew():
    """Flow labels and scopes are not passed on: nothing checked them."""
    assert Address(inet("127.0.0.1", 8621)).packed() == inet("127.0.0.1", 8621)
    packed = Address(inet6("::ffff:127.0.0.1", 8621, scope=9)).packed()
    assert packed == inet6("::ffff:127.0.0.1", 8621)[:4] + bytes(4) + packed[8:24] + bytes(4)


def test_name_services_are_known():
    assert Address(unix(b"/var/run/nscd/socket\0")).is_lookup()
    assert Address(unix(b"/run/systemd/userdb/io.systemd.DynamicUser\0")).is_lookup()
    assert not Address(unix(b"/run/nscd.sock\0")).is_lookup()
    assert not Address(inet("127.0.0.1", 53)).is_lookup()


def test_a_name_is_no_host():
    with pytest.raises(OSError, match="illegal"):
        host_bytes("localhost")
