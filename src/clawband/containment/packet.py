"""What tried to leave: the head of a dropped packet, or a refused system call, in a few words."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final

TCP, UDP = 6, 17
DNS_PORT: Final = 53
NAME_BYTES: Final = 180
PROTOCOLS: Final = {1: "icmp", 2: "igmp", TCP: "tcp", UDP: "udp", 58: "icmpv6", 132: "sctp"}
FAMILIES: Final = {
    1: "unix", 2: "inet", 10: "inet6", 16: "netlink", 17: "packet", 38: "algorithm",
    40: "vsock", 44: "xdp",
}  # fmt: skip
KINDS: Final = {1: "stream", 2: "datagram", 3: "raw"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """`kind`: dns, tcp, udp, other (packets), socket or call (refused before there was one)."""

    kind: str
    what: str
    """Where to, or which call: `203.0.113.9:443`, `inet raw`, `ptrace`."""
    uid: int = -1
    """Of the process that tried; -1 when the kernel did not say."""


def attempt(packet: bytes, uid: int = -1) -> Attempt:
    """Read an IPv4 or IPv6 packet (RFC 791 §3.1, RFC 8200 §3) as far as it goes."""
    version = packet[0] >> 4 if packet else 0
    if version == 4 and len(packet) >= 20:
        start, protocol = (packet[0] & 0xF) * 4, packet[9]
        to: IPv4Address | IPv6Address = IPv4Address(packet[16:20])
        shown = str(to)
    elif version == 6 and len(packet) >= 40:
        start, protocol = 40, packet[6]
        to = IPv6Address(packet[24:40])
        shown = f"[{to}]"
    else:
        return Attempt("other", "not an IP packet", uid)
    name = PROTOCOLS.get(protocol, f"protocol {protocol}")
    head = packet[start:]
    if protocol not in (TCP, UDP) or len(head) < 4:
        return Attempt("other", f"{name} {shown}", uid)
    port = int.from_bytes(head[2:4], "big")
    if port != DNS_PORT:
        return Attempt(name, f"{shown}:{port}", uid)
    asked = _question(head[8:]) if protocol == UDP else ""
    return Attempt("dns", f"{asked} at {shown}" if asked else shown, uid)


def refused_call(name: str, arguments: tuple[int, ...], uid: int = -1) -> Attempt:
    """A system call that the filter told; `socket` by its family and kind."""
    if name != "socket":
        return Attempt("call", name, uid)
    family, kind, protocol = (each & 0xFFFF_FFFF for each in (*arguments, 0, 0, 0)[:3])
    words = FAMILIES.get(family, f"family {family}"), KINDS.get(kind & 0xF, f"kind {kind & 0xF}")
    return Attempt("socket", f"{' '.join(words)} {PROTOCOLS.get(protocol, protocol)}", uid)


def _question(message: bytes) -> str:
    """The name in a DNS question (RFC 1035 §4.1.2); empty when there is none to read."""
    labels, at = [], 12
    while at < len(message) and (size := message[at]):
        part = message[at + 1 : at + 1 + size]
        if size > 63 or len(part) < size:
            return ""
        labels.append("".join(chr(c) if 32 < c < 127 else "?" for c in part))
        at += 1 + size
    return ".".join(labels)[:NAME_BYTES]
