"""Whose request it is behind a TLS proxy.

A proxy appends the address of its own peer to one header. It is read from the right, as long as the
address before it is a proxy of ours: what stands further left came with the request, and whoever
sent that could write anything.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

MAX_HOPS: Final = 20
Address = IPv4Address | IPv6Address


class Forwarded:
    """Sets the client of a request that a trusted proxy passed on. No other header is believed."""

    def __init__(self, app: ASGIApp, trusted: Sequence[str], header: str) -> None:
        """`trusted` in CIDR form; `header` is `x-forwarded-for` or `forwarded`."""
        self._app, self._header = app, header.encode()
        self._trusted = [ip_network(each) for each in trusted]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("client"):
            peer = scope["client"][0]
            found = self._client(peer, [v for name, v in scope["headers"] if name == self._header])
            scope = scope if found == peer else {**scope, "client": (found, 0)}
        await self._app(scope, receive, send)

    def _client(self, peer: str, values: Sequence[bytes]) -> str:
        """The last address that is no proxy of ours; a hop that nobody can read ends the way."""
        client, address = peer, _address(peer)
        text = b",".join(values).decode("latin-1")
        hops = text.split(",")[-MAX_HOPS:] if text else []
        while hops and address and self._ours(address):
            address = _address(_named(hops.pop()) if self._header == b"forwarded" else hops.pop())
            client = str(address) if address else client
        return client

    def _ours(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


def _address(text: str) -> Address | None:
    """`192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _named(hop: str) -> str:
    """What `for=` of one hop says (RFC 7239 §4); empty for nothing."""
    for pair in hop.split(";"):
        name, _, value = pair.strip().partition("=")
        if name.lower() == "for":
            return value.strip().strip('"')
    return ""
