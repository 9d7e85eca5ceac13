"""What the kernel's packet log says, also when it says it badly."""

import socket
import struct
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.adapters.kernel import packets
from clawband.containment.packet import Attempt

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="netlink is Linux's")
PACKET = bytes([0x45]) + bytes(8) + bytes([6]) + bytes(6) + bytes([203, 0, 113, 9]) + (
    b"\0\x50\x01\xbb" + bytes(16)
)  # fmt: skip


def attribute(kind, value):
    return struct.pack("HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def message(*attributes, kind=4 << 8):
    body = bytes(4) + b"".join(attributes)
    return struct.pack("IHHII", 16 + len(body), kind, 0, 0, 0) + body


def test_a_packet_with_its_owner():
    uid = attribute(11, (64_120).to_bytes(4, "big"))
    told = message(attribute(10, b"x\0"), attribute(9, PACKET), uid)
    told += message(kind=3) + message(attribute(9, PACKET))
    wanted = Attempt("tcp", "203.0.113.9:443", 64_120)
    assert list(packets._messages(told)) == [wanted, Attempt("tcp", "203.0.113.9:443", -1)]


def test_what_is_cut_off_ends_there():
    told = message(attribute(9, PACKET))
    assert list(packets._messages(told[:-10])) == []
    assert list(packets._messages(message(b"\1\0\0\0"))) == [Attempt("other", "not an IP packet")]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_to_an_end(data):
    assert len(list(packets._messages(data))) <= 10


def test_reading_ends_when_there_is_no_more():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        ours.setblocking(False)
        theirs.send(message(attribute(9, PACKET)))
        assert len(list(packets.read(ours))) == 1
        assert list(packets.read(ours)) == []
