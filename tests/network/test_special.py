"""The table of blocks: every address is in exactly one stretch, and every category is explained."""

from ipaddress import ip_address, ip_network

import pytest

from clawband.network.special import _BLOCKS, MEANING, category

LISTED = [
    (name, ip_network(block))
    for name, *blocks in map(str.split, _BLOCKS.strip().splitlines())
    for block in blocks
]


@pytest.mark.parametrize(("name", "block"), LISTED, ids=str)
def test_a_block_holds_its_ends_or_a_smaller_one_does(name, block):
    smaller = [other for _, other in LISTED if other != block and other.version == block.version]
    for end in (block.network_address, block.broadcast_address):
        inner = [other for other in smaller if end in other and other.prefixlen > block.prefixlen]
        if not inner:
            assert category(int(end), block.version) == name


def test_every_category_says_what_it_is():
    assert {name for name, _ in LISTED} == set(MEANING)


def test_no_block_is_listed_twice():
    assert len({block for _, block in LISTED}) == len(LISTED)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "2a00:1450::1"])
def test_the_public_internet_has_no_category(address):
    found = ip_address(address)
    assert category(int(found), found.version) == ""
