"""Which addresses may be connected to: none that leads back into a machine, a network or a cloud.

IPv4 hides in IPv6 in eight ways; each is unwrapped, and what is inside is judged too. A network of
the deployment's own (`allowed`) lifts only what `LIFTED` names.
"""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

from clawband.network.refusal import Refusal
from clawband.network.special import MEANING, category

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LIFTED: Final = frozenset(
    {
        "benchmarking", "carrier-nat", "documentation", "local-nat64", "loopback", "private",
        "site-local", "ula",
    }
)  # fmt: skip
"""What `allowed` can lift. Never metadata services, the local link, groups and what is no place."""
MOST_ANSWERS: Final = 64
"""Addresses that a name may have. More is a way to hide one among them."""
_ISATAP: Final = (0x0000_5EFE, 0x0200_5EFE)  # RFC 5214 §6.1
_LOW: Final = 0xFFFF_FFFF


def networks(listed: Iterable[str]) -> tuple[Network, ...]:
    """Networks in CIDR form. Raises `ValueError` for what is none, host bits included."""
    return tuple(ip_network(each) for each in listed)


def verdict(address: str | Address, allowed: Sequence[Network] = ()) -> Refusal | None:
    """Why nobody connects there; none if it is public or a network in `allowed` lifts it."""
    if isinstance(address, str):
        try:
            address = ip_address(address)
        except ValueError:
            return Refusal("malformed", f"`{address:.60}` is not an address")
    number = int(address)
    if isinstance(address, IPv4Address):
        found = category(number, 4)
        return None if not found else _unless(address, found, allowed)
    if address.scope_id is not None:
        return Refusal("zone", f"`{address}` names an interface of this machine (RFC 4007 §11)")
    found = category(number, 6)
    if not found and (number >> 32) & _LOW not in _ISATAP:
        return None
    return _wrapped(address, number, found, allowed)


def checked(
    answers: Iterable[str | Address], allowed: Sequence[Network] = ()
) -> tuple[Address, ...] | Refusal:
    """The addresses of a name that may be connected to, in their order, without repetitions.

    One bad address refuses all: a name that leads inside and outside is how a check is passed with
    one address and the connection made to another. A mapped address comes as IPv4.
    """
    found: dict[Address, None] = {}
    for count, answer in enumerate(answers, 1):
        if count > MOST_ANSWERS:
            return Refusal("many-addresses", f"the name has more than {MOST_ANSWERS} addresses")
        refusal = verdict(answer, allowed)
        if refusal is not None:
            return refusal
        found[plain(ip_address(answer))] = None
    return tuple(found) or Refusal("no-address", "the name has no address")


def plain(address: Address) -> Address:
    """The address as it is connected to: a mapped one is IPv4 (RFC 4291 §2.5.5.2)."""
    return getattr(address, "ipv4_mapped", None) or address


def _unless(address: Address, found: str, allowed: Sequence[Network]) -> Refusal | None:
    if found in LIFTED and any(address in network for network in allowed):
        return None
    return Refusal(found, f"`{address}` is {MEANING[found]}")


def _wrapped(
    address: IPv6Address, number: int, found: str, allowed: Sequence[Network]
) -> Refusal | None:
    # Only these are the same place; through another's translator, networks of ours mean nothing.
    lifting = allowed if found in ("mapped", "local-nat64") else ()
    hidden = [each for each in _inside(number, found) if verdict(each, lifting) is not None]
    if hidden:
        inner = next((each for each in hidden if _category(each) == "metadata"), hidden[0])
        why = _category(inner)
        return Refusal(why, f"`{address}` hides `{inner}`, which is {MEANING[why]}")
    if not found or found in ("mapped", "nat64"):
        return None
    return _unless(address, found, allowed)


def _category(address: IPv4Address) -> str:
    return category(int(address), 4)


def _inside(number: int, found: str) -> Iterator[IPv4Address]:
    """Every IPv4 address that somebody could read in an IPv6 address."""
    if found in ("mapped", "compatible", "translated", "nat64"):
        yield IPv4Address(number & _LOW)
    elif found == "local-nat64":
        yield from _embedded(number)
    elif number >> 112 == 0x2002:  # 6to4, RFC 3056 §2
        yield IPv4Address(number >> 80 & _LOW)
    elif number >> 96 == 0x2001_0000:  # Teredo, RFC 4380 §4: server, and client in inverted bits
        yield IPv4Address(number >> 64 & _LOW)
        yield IPv4Address(~number & _LOW)
    if number >> 32 & _LOW in _ISATAP:
        yield IPv4Address(number & _LOW)


def _embedded(number: int) -> Iterator[IPv4Address]:
    """RFC 6052 §2.2 with prefixes of 48, 56, 64 and 96 bits; bits 64 to 71 are left out."""
    without = (number >> 64 << 56) | (number & (1 << 56) - 1)
    for inner in (without >> 40, without >> 32, without >> 24, number):
        if inner & _LOW >> 24 << 24:  # 0.0.0.0/8 only shows that it is not this form.
            yield IPv4Address(inner & _LOW)
