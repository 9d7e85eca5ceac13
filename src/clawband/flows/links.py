"""Which person of a provider an account belongs to."""

from dataclasses import dataclass
from datetime import datetime

from clawband.flows.kept import Kind
from clawband.ports.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A person of a provider and their account here; its id is the digest of both."""

    issuer: str
    subject: str
    name: str
    account: datetime
    """When the account was added: one that was made anew is another person's."""
    managed: bool
    """The account came by the provider, and so do its roles, at each sign-in."""


LINK = Kind("openid-link", Link)


def managed(name: str, known: Registry) -> bool:
    """Whether this account comes in by its provider only: who has left there is out here, too,
    whatever else they can sign in with."""
    account = known.operator(name)
    return account is not None and any(
        each.value.managed and each.value.name == name and each.value.account == account[0].added
        for each in LINK.all(known)
    )
