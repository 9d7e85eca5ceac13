"""The server name of a tunnel: from real clients, in pieces, and from those who lie."""

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.network import hello
from clawband.network.hello import Hello, read
from clawband.network.refusal import Refusal


def vector(data, size):
    return len(data).to_bytes(size, "big") + data


def extension(kind, data):
    return kind.to_bytes(2, "big") + vector(data, 2)


def named(name, kind=0):
    return extension(0, vector(bytes([kind]) + vector(name, 2), 2))


def offered(*protocols):
    return extension(16, vector(b"".join(vector(each, 1) for each in protocols), 2))


def message(extensions=b"", *, version=0x0303, session=b"", ciphers=b"\x13\x01", nothing=b"\0"):
    body = version.to_bytes(2, "big") + bytes(32) + vector(session, 1) + vector(ciphers, 2)
    return b"\x01" + vector(body + vector(nothing, 1) + extensions, 3)


def whole(*extensions, **rest):
    return message(vector(b"".join(extensions), 2), **rest)


def records(data, size=16_384):
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"\x16\x03\x01" + vector(piece, 2) for piece in pieces)


def real(name, protocols=("h2", "http/1.1")):
    """What OpenSSL sends first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(list(protocols))
    sent = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return sent.read()


def test_a_real_client():
    assert read(real("API.example.com")) == Hello("api.example.com", ("h2", "http/1.1"), False)
    assert read(real("192.0.2.1")) == Hello("", ("h2", "http/1.1"), False)


@given(st.integers(0, 600))
def test_more_is_needed_until_it_is_whole(cut):
    data = real("a.example")
    assert read(data[:cut]) == (None if cut < len(data) else read(data))


@pytest.mark.parametrize("size", [20, 50, 100])
def test_a_hello_in_several_records(size):
    data = records(whole(named(b"a.example"), offered(b"h2")), size)
    assert read(data) == Hello("a.example", ("h2",), False)
    assert all(read(data[:cut]) is None for cut in range(len(data)))


def test_encrypted_hellos_are_told():
    assert read(records(whole(named(b"front.example"), extension(0xFE0D, b"\0" * 9)))) == Hello(
        "front.example", (), True
    )


def test_without_extensions():
    assert read(records(message())) == Hello("", (), False)


REFUSED = {
    "not-tls": [b"GET / HTTP/1.1\r\n", b"\x80\x2e\x01\x03\x01", b"\x16\x02", b"SSH-2.0",
                b"\x15\x03\x01\x00\x02\x01\x00", records(b"\x02" + vector(b"x" * 40, 3)),
                records(whole(named(b"a.example")), 20)[:25] + b"\x17\x03\x03\x00\x01x"],
    "tls-long": [records(b"\x01" + (16_384).to_bytes(3, "big")),
                 b"\x16\x03\x01\x40\x00\x01\x00\x3f\xfc" + b"x" * 16_376],
    "tls-version": [records(whole(version=0x0300)), records(whole(version=0x0002))],
    "tls-malformed": [
        b"\x16\x03\x01\x00\x00", b"\x16\x03\x01\x40\x01",
        records(whole(ciphers=b"")), records(whole(ciphers=b"x")), records(whole(nothing=b"")),
        records(whole(nothing=b"\x01")), records(whole(session=b"x" * 33)),
        records(whole(named(b"a.example"), named(b"b.example"))),
        records(whole(named(b"a.example", kind=1))),
        records(whole(extension(0, b""))), records(whole(extension(0, b"\0\0"))),
        records(whole(extension(0, vector(b"\0" + vector(b"a", 2) + b"\0" + vector(b"b", 2), 2)))),
        records(whole(named(b"a.example") + b"x")), records(message(b"\0")),
        records(whole(named(b"192.0.2.1"))),
        records(whole(offered())), records(whole(offered(b""))),
        records(message(vector(named(b"a.example"), 2) + b"x")),
        records(whole(named(b"a.example")) + b"x"), records(b"\x01" + vector(b"\x03\x03", 3)),
        records(whole(named(b"a.example")), 4),
        records(whole(*(extension(number + 100, b"") for number in range(65)))),
    ],
    "unicode": [records(whole(named("bücher.example".encode())))],
    "control": [records(whole(named(b"a.example\0b")))],
    "disguised": [records(whole(named(b"127.1")))],
    "no-host": [records(whole(named(b"")))],
}  # fmt: skip


@pytest.mark.parametrize(
    ("expected", "data"), [(name, data) for name, listed in REFUSED.items() for data in listed]
)
def test_hellos_that_are_refused(expected, data):
    found = read(data)
    assert isinstance(found, Refusal)
    assert found.category == expected


@given(st.binary(max_size=80))
def test_whatever_stands_inside(data):
    assert isinstance(read(records(b"\x01" + vector(data, 3))), Refusal | Hello)


def test_it_is_bounded():
    assert read(b"\x16\x03\x01\x40\x00\x01\x00\x3f\xfc" + b"x" * (hello.LONGEST - 20)) is None
