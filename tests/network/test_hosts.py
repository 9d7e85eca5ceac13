"""One normal form for a host, and nothing that is read in two ways."""

from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clawband.model import hosts as model
from clawband.network import hosts
from clawband.network.hosts import Authority, Host, authority, disguised, port, read
from clawband.network.refusal import Refusal

TEXTS = st.one_of(
    st.text(max_size=40),
    st.text("abcx0179.-_:[]%@ ", max_size=30),
    st.lists(
        st.sampled_from(["127", "0x7f", "0", "1", "00", "0177", "a", "xn--p1ai", ""]), max_size=6
    ).map(".".join),
)


@given(TEXTS)
@example("127.0.0.1")
@example("[::1]")
@example("xn--bcher-kva.example.")
def test_a_host_is_read_again_as_itself(text):
    found = read(text)
    if isinstance(found, Host):
        assert read(str(found)) == found
        assert found.name == found.name.lower()


@given(TEXTS)
@example("0x7f.1")
@example("017700000001")
def test_a_host_that_is_no_address_is_none_to_anybody(text):
    found = read(text)
    if isinstance(found, Host) and found.address is None:
        assert disguised(found.name) is None
        with pytest.raises(ValueError, match="does not appear"):
            ip_address(found.name)
    if isinstance(found, Host) and found.address is not None:
        assert str(found.address) == found.name


@given(TEXTS)
def test_the_model_reads_the_same(text):
    """`model.hosts` takes more, but never reads something else."""
    found = read(text)
    if isinstance(found, Host):
        assert model.host(str(found)) == found.name


@given(st.integers(0, 2**32 - 1))
def test_every_other_way_to_write_an_address_is_named(number):
    plain = str(IPv4Address(number))
    first, *_ = parts = plain.split(".")
    for form in (str(number), hex(number), f"0{number:o}", f"{int(first):#x}.{number % 2**24}",
                 f"{first}.{parts[1]}.{number % 2**16}", ".".join(f"0{int(p):o}" for p in parts),
                 ".".join(hex(int(p)) for p in parts), plain + "."):  # fmt: skip
        if form != plain:
            found = read(form)
            assert isinstance(found, Refusal)
            assert (found.category, plain in found.reason) == ("disguised", True), form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("example.com:443", Authority(Host("example.com"), 443)),
        ("EXAMPLE.com.:80", Authority(Host("example.com"), 80)),
        ("[2606:4700::1]:8443", Authority(Host("2606:4700::1", ip_address("2606:4700::1")), 8443)),
    ],
)
def test_authority(text, expected):
    assert authority(text) == expected


def test_a_port_may_have_a_default():
    assert authority("example.com", 80) == authority("example.com:80")
    assert authority("[2606:4700::1]", 80) == authority("[2606:4700::1]:80")
    assert authority("example.com").category == "port"


def test_an_authority_is_written_as_it_is_read():
    for text in ("example.com:443", "[2606:4700::1]:443", "127.0.0.1:1"):
        assert str(authority(text)) == text


@given(st.text(max_size=7) | st.integers(-10, 100_000).map(str))
def test_ports_are_plain_digits(text):
    number = port(text)
    assert number == 0 or (str(number) == text and 1 <= number <= 65_535)


def test_long_names():
    label = "a" * 63
    name = ".".join([label] * 3 + ["a" * 61])
    assert len(name) == hosts.LONGEST
    assert read(name) == Host(name)
    assert read(f"{name}a").category == "too-long"
    assert read(f"{label}a.example").category == "too-long"
