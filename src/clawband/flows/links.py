"""Which person of a provider an account belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clawband.flows.kept import Kind
from clawband.model.person import Operator
from clawband.ports.registry import Registry
from clawband.ports.store import Documents


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
    return account is not None and brought(account[0], known)


def brought(account: Operator, documents: Documents) -> bool:
    """The same, of an account."""
    return any(each.managed for each in of(account, documents))


def of(account: Operator, documents: Documents) -> Sequence[Link]:
    """The persons of a provider who are this account."""
    whose = (account.name, account.added)
    found = (each.value for each in LINK.all(documents))
    return [each for each in found if (each.name, each.account) == whose]
