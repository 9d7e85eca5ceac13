"""Blocks of addresses that are not the public internet.

Sources: the IANA special-purpose address registries (RFC 6890, RFC 8190 and what was registered
since), the IANA IPv6 address space, and the metadata services that clouds document. Python's
`is_global` follows only a part of them.
"""

from bisect import bisect_right
from ipaddress import ip_network
from typing import Final

# The smaller block wins where two overlap.
_BLOCKS: Final = """
unspecified    0.0.0.0/32 ::/128
this-network   0.0.0.0/8
private        10.0.0.0/8 172.16.0.0/12 192.168.0.0/16
carrier-nat    100.64.0.0/10
loopback       127.0.0.0/8 ::1/128
link-local     169.254.0.0/16 fe80::/10
protocol       192.0.0.0/24 2001::/23
documentation  192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20
as112          192.31.196.0/24 192.175.48.0/24 2001:4:112::/48 2620:4f:8000::/48
tunnel         192.52.193.0/24 192.88.99.0/24 2001::/32 2001:3::/32 2002::/16
benchmarking   198.18.0.0/15 2001:2::/48
multicast      224.0.0.0/4 ff00::/8
reserved       240.0.0.0/4 ::/3 4000::/2 8000::/1 3ffe::/16
broadcast      255.255.255.255/32
mapped         ::ffff:0:0/96
compatible     ::/96
translated     ::ffff:0:0:0/96
nat64          64:ff9b::/96
local-nat64    64:ff9b:1::/48
discard        100::/64 100:0:0:1::/64
identifier     2001:10::/28 2001:20::/28 2001:30::/28
segment        5f00::/16
ula            fc00::/7
site-local     fec0::/10
metadata       169.254.169.254/32 169.254.170.2/32 169.254.170.23/32 169.254.0.23/32
metadata       169.254.42.42/32 100.100.100.200/32 168.63.129.16/32 192.0.0.192/32
metadata       fd00:ec2::254/128 fd00:ec2::23/128 fd20:ce::254/128 fd00:42::42/128
metadata       fd00:c1::a9fe:a9fe/128
"""

MEANING: Final = {
    "unspecified": "the unspecified address, which many systems connect to themselves",
    "this-network": "this network (RFC 791 §3.2)",
    "private": "a private network (RFC 1918)",
    "carrier-nat": "a carrier's inner network (RFC 6598)",
    "loopback": "this machine itself (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3)",
    "link-local": "the local link (RFC 3927, RFC 4291 §2.5.6)",
    "protocol": "set aside for protocols (RFC 6890, RFC 2928)",
    "documentation": "set aside for documentation (RFC 5737, RFC 3849, RFC 9637)",
    "as112": "a sink for misdirected name lookups (RFC 7534, RFC 7535)",
    "tunnel": "the way into a tunnel (RFC 3056, RFC 4380, RFC 7450)",
    "benchmarking": "set aside for benchmarks (RFC 2544, RFC 5180)",
    "multicast": "a group of machines (RFC 5771, RFC 4291 §2.7)",
    "reserved": "not in use for single machines (RFC 1112 §4, RFC 4291 §2.4)",
    "broadcast": "every machine of the link (RFC 919)",
    "mapped": "an IPv4 address in IPv6 form (RFC 4291 §2.5.5.2)",
    "compatible": "an IPv4 address in a form given up (RFC 4291 §2.5.5.1)",
    "translated": "an IPv4 address in a form given up (RFC 2765 §2.1)",
    "nat64": "an IPv4 address behind a translator (RFC 6052 §2.1)",
    "local-nat64": "an IPv4 address behind a translator of this network (RFC 8215)",
    "discard": "where packets are thrown away (RFC 6666, RFC 9780)",
    "identifier": "a name of a machine, not a place (RFC 7343, RFC 9374)",
    "segment": "a way through a network (RFC 9602)",
    "ula": "a private network (RFC 4193)",
    "site-local": "a private network in a form given up (RFC 3879)",
    "metadata": "a cloud's metadata service, which hands out credentials",
}  # fmt: skip

Table = tuple[tuple[int, ...], tuple[str, ...]]


def _table(version: int) -> Table:
    """Where each stretch of addresses begins, and its category; "" is the public internet."""
    listed = [
        (int(net.network_address), int(net.broadcast_address), category)
        for category, *blocks in map(str.split, _BLOCKS.strip().splitlines())
        for net in map(ip_network, blocks)
        if net.version == version
    ]
    listed.sort(key=lambda block: block[1] - block[0])
    ends = (last + 1 for _, last, _ in listed)
    starts = sorted({0, *(first for first, _, _ in listed), *ends})
    return tuple(starts), tuple(
        next((category for first, last, category in listed if first <= start <= last), "")
        for start in starts
    )


_V4: Final = _table(4)
_V6: Final = _table(6)


def category(number: int, version: int) -> str:
    """Which block an address is in, as a number of 32 or 128 bits; "" for the public internet."""
    starts, categories = _V4 if version == 4 else _V6
    return categories[bisect_right(starts, number) - 1]
