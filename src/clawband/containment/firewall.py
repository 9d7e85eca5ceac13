"""The nftables ruleset inside the namespace: what is not the proxy is told, counted and refused."""

from clawband.containment.definition import Definition, Link

GROUP = 8620
"""The netlink log group that `adapters/kernel/packets.py` listens to."""
SNAP_BYTES = 256
"""Enough for the headers and the name in a DNS question."""
TABLE = "clawband"
COUNTERS = ("to_dns", "to_tcp", "to_udp", "to_other")

_RULES = """\
table inet {table} {{
    counter to_dns {{ }}
    counter to_tcp {{ }}
    counter to_udp {{ }}
    counter to_other {{ }}
    chain output {{
        type filter hook output priority filter; policy drop;
        oifname "lo" accept
        ct state established,related accept
        ip daddr {outside} tcp dport {{ {ports} }} accept
        meta l4proto ipv6-icmp ip6 daddr ff02::/16 drop
        limit rate 200/second burst 400 packets log group {group} snaplen {snap}
        th dport 53 counter name to_dns reject with icmpx admin-prohibited
        meta l4proto tcp counter name to_tcp reject with tcp reset
        meta l4proto udp counter name to_udp reject with icmpx admin-prohibited
        counter name to_other drop
    }}
    chain input {{
        type filter hook input priority filter; policy drop;
        iifname "lo" accept
        ct state established,related accept
        {accept_inbound}
    }}
    chain forward {{
        type filter hook forward priority filter; policy drop;
    }}
    chain carry_out {{
        type nat hook output priority -100;
        ip daddr 127.0.0.1 tcp dport {{ {ports} }} dnat ip to {outside}
    }}
    chain from_inside {{
        type nat hook postrouting priority srcnat;
        oifname "eth0" snat ip to {inside}
    }}
    {carry_in}
}}
"""
_CARRY_IN = """\
chain carry_in {{
        type nat hook prerouting priority dstnat;
        ip daddr {inside} tcp dport {{ {inbound} }} dnat ip to 127.0.0.1
    }}
    chain from_outside {{
        type nat hook input priority 100;
        iifname "eth0" snat ip to 127.0.0.1
    }}"""


def ruleset(definition: Definition, link: Link) -> str:
    """For `nft -f -`, inside.

    The gateway's configuration stays as it is: connections to the proxy's port on loopback are
    carried to the machine's end of the link, and what arrives there for the gateway's own port
    comes from loopback, as it does without containment.
    """
    inbound = ", ".join(map(str, definition.inbound))
    accepted = f"ip saddr {link.outside} tcp dport {{ {inbound} }} accept"
    return _RULES.format(
        table=TABLE,
        outside=link.outside,
        inside=link.inside,
        ports=", ".join(map(str, definition.ports)),
        group=GROUP,
        snap=SNAP_BYTES,
        accept_inbound=accepted if inbound else "",
        carry_in=_CARRY_IN.format(inside=link.inside, inbound=inbound) if inbound else "",
    )
