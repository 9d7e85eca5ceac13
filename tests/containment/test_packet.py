"""Reading what tried to leave."""

from hypothesis import given
from hypothesis import strategies as st

from clawband.containment.packet import Attempt, attempt, refused_call


def ipv4(protocol, body, to=(203, 0, 113, 9), words=5):
    return (
        bytes([0x40 | words, 0])
        + bytes(7)
        + bytes([protocol])
        + bytes(6)
        + bytes(to)
        + (bytes((words - 5) * 4) + body)
    )


def port(number):
    return b"\x12\x34" + number.to_bytes(2, "big")


def question(*labels):
    name = b"".join(bytes([len(each)]) + each for each in labels)
    return bytes(4) + bytes(12) + name + b"\0\0\1\0\1"


def test_where_a_packet_wanted_to_go():
    assert attempt(ipv4(6, port(443)), 1001) == Attempt("tcp", "203.0.113.9:443", 1001)
    assert attempt(ipv4(17, port(123))) == Attempt("udp", "203.0.113.9:123", -1)
    assert attempt(ipv4(6, port(443), words=7)).what == "203.0.113.9:443"
    assert attempt(ipv4(1, b"\x08\0")) == Attempt("other", "icmp 203.0.113.9", -1)
    assert attempt(ipv4(99, b"")).what == "protocol 99 203.0.113.9"
    six = bytes([0x60]) + bytes(5) + bytes([6]) + bytes(17) + b"\x26\x06" + bytes(13) + b"\1"
    assert attempt(six + port(22)) == Attempt("tcp", "[2606::1]:22", -1)


def test_the_name_that_a_question_carries():
    asked = ipv4(17, port(53) + question(b"c2VjcmV0", b"evil", b"example"))
    assert attempt(asked) == Attempt("dns", "c2VjcmV0.evil.example at 203.0.113.9", -1)
    assert attempt(ipv4(17, port(53) + question(b"a\x1b[2J"))).what == "a?[2J at 203.0.113.9"
    assert attempt(ipv4(6, port(53))).what == "203.0.113.9"


def test_a_name_that_is_cut_off_is_no_name():
    whole = ipv4(17, port(53) + question(b"secret", b"example"))
    assert attempt(whole[: 28 + 12 + 4]).what == "203.0.113.9"
    compressed = ipv4(17, port(53) + bytes(4) + bytes(12) + b"\xc0\x0c")
    assert attempt(compressed).what == "203.0.113.9"


@given(st.binary(max_size=120))
def test_any_bytes_are_read(data):
    found = attempt(data)
    assert found.kind in {"dns", "tcp", "udp", "other"}
    assert found.what.isprintable() and len(found.what) <= 256


def test_what_a_refused_call_wanted():
    assert refused_call("socket", (2, 3, 1)).what == "inet raw icmp"
    assert refused_call("socket", (17, 3 | 0o2000000, 0)).what == "packet raw 0"
    assert refused_call("socket", (99, 9, 7), 5) == Attempt("socket", "family 99 kind 9 7", 5)
    assert refused_call("ptrace", (16, 1, 0)) == Attempt("call", "ptrace", -1)
    assert refused_call("socket", ()).what == "family 0 kind 0 0"
