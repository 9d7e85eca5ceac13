"""What may be used once: the tokens that others signed, as long as each could be shown again."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from clawband.flows.kept import Kind
from clawband.model.errors import AuthenticationError
from clawband.ports.store import Documents
from clawband.ports.unit import Change, PutDocument


@dataclass(frozen=True, slots=True)
class Used:
    """Something was used, and nobody has to remember it after `until`."""

    until: datetime


USED = Kind("used-token", Used)


def once(*named: str, until: datetime, documents: Documents) -> PutDocument:
    """What uses it up: of two at once, the commit of one conflicts.

    Raises `AuthenticationError` when it was used before.
    """
    token = index(*named)
    if USED.find(token, documents):
        raise AuthenticationError(
            "the token is refused: it was used before", remedy="get a fresh one for each use"
        )
    return USED.new(token, Used(until))


def index(*named: str) -> str:
    """One id for several names, whatever characters they have."""
    digest = hashlib.sha256()
    for each in named:
        data = each.encode()
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.hexdigest()


def swept(documents: Documents, now: datetime) -> list[Change]:
    """What forgets the used ones that could not be shown again."""
    return [USED.drop(each) for each in USED.all(documents) if each.value.until <= now]
