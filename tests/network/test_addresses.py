"""Our own address filter, beside Python's, and the laws it keeps."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawband.network import addresses
from clawband.network.addresses import LIFTED, checked, networks, plain, verdict
from clawband.network.refusal import Refusal

V4 = st.integers(0, 2**32 - 1).map(IPv4Address)
V6 = st.integers(0, 2**128 - 1).map(IPv6Address)
EVERYTHING = networks(["0.0.0.0/0", "::/0"])


def refused(address, allowed=()):
    found = verdict(address, allowed)
    return found.category if found else ""


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        # What Python 3.11 to 3.14 call global, or neither global nor private.
        ("64:ff9b::a9fe:a9fe", "metadata"),
        ("64:ff9b:1::1", "local-nat64"),
        ("2002:7f00:1::", "loopback"),
        ("192.0.0.8", "protocol"),
        ("100.64.0.1", "carrier-nat"),
        ("2001:1::1", "protocol"),
        ("192.88.99.1", "tunnel"),
        ("168.63.129.16", "metadata"),
    ],
)
def test_what_is_global_refuses_too_little(address, expected):
    assert refused(address) == expected


@given(V4)
def test_whatever_python_calls_private_is_refused(address):
    if not address.is_global:
        assert refused(address)


@given(V4)
def test_a_hidden_address_is_judged_as_itself(inner):
    """In every form, and never milder than plain."""
    number = int(inner)
    forms = [
        IPv6Address(0xFFFF << 32 | number),
        IPv6Address(number) if number > 0xFFFF else None,
        IPv6Address(0x64FF9B << 96 | number),
        IPv6Address(0x2002 << 112 | number << 80 | 1),
        IPv6Address(0x20010000 << 96 | number << 64),
        IPv6Address(0x20010000 << 96 | 0x08080808 << 64 | (~number & 0xFFFFFFFF)),
        IPv6Address(0x26064700 << 96 | 0x5EFE << 32 | number),
        IPv6Address(0x26064700 << 96 | 0x2005EFE << 32 | number),
    ]
    for form in filter(None, forms):
        if refused(inner):
            assert refused(form) == refused(inner), form


@given(V6)
def test_outside_the_global_block_nothing_is_public(address):
    if int(address) >> 125 != 1 and int(address) >> 96 != 0x64FF9B and not address.ipv4_mapped:
        assert refused(address)


@given(V4 | V6)
def test_networks_lift_only_what_they_may(address):
    alone = refused(address)
    if alone not in LIFTED:
        assert refused(address, EVERYTHING) == alone
    elif address.version == 4:
        assert refused(address, EVERYTHING) == ""


@given(V4 | V6)
def test_text_and_value_are_judged_alike(address):
    assert refused(str(address)) == refused(address)


def test_one_bad_address_refuses_all():
    assert checked(["93.184.215.14", "10.0.0.1"]).category == "private"
    assert checked(["10.0.0.1", "93.184.215.14"]).category == "private"


def test_addresses_come_once_and_in_order():
    given_ = ["2606:4700::1", "::ffff:93.184.215.14", "93.184.215.14", "2606:4700::1"]
    assert checked(given_) == (ip_address("2606:4700::1"), ip_address("93.184.215.14"))
    assert plain(ip_address("::ffff:1.2.3.4")) == IPv4Address("1.2.3.4")


def test_a_thousand_addresses_are_too_many():
    many = [IPv4Address(0x08000000 + n) for n in range(1_000)]
    assert checked(many).category == "many-addresses"
    assert len(checked(many[: addresses.MOST_ANSWERS])) == addresses.MOST_ANSWERS
    assert checked(()).category == "no-address"


def test_a_network_with_host_bits_is_none():
    with pytest.raises(ValueError, match="host bits"):
        networks(["10.0.0.1/8"])


def test_a_refusal_reads_well():
    assert str(verdict("10.0.0.1")) == "private: `10.0.0.1` is a private network (RFC 1918)"
    hides = verdict("64:ff9b::7f00:1")
    assert isinstance(hides, Refusal)
    assert "hides `127.0.0.1`" in hides.reason
