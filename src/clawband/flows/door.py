"""Through a front door: who may, with which scopes behind it, and what is told of it."""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from clawband.model import ids
from clawband.model.digest import Json
from clawband.model.doors import DoorSettings
from clawband.model.errors import AuthenticationError
from clawband.model.event import Event, Tag
from clawband.model.person import SignedIn, there

MAX_WORDS = 300


def scopes(signed: SignedIn, door: DoorSettings, environment: str) -> tuple[str, ...]:
    """What OpenClaw grants them, by the roles that they have now where its gateway is.

    Raises `AuthenticationError` for who has none of the door's roles.
    """
    roles = frozenset() if signed.service else there(signed.operator.roles, environment)
    found = {scope for role in roles for scope in door.roles.get(role, ())}
    if not found:
        wanted = ", ".join(sorted(door.roles)) or "none"
        raise AuthenticationError(
            f"`{signed.name}` may not go through the door `{door.name}`: "
            f"it takes one of the roles {wanted}, held in {environment} or everywhere",
            remedy="ask an administrator for the role, or show your second factor",
        )
    return tuple(sorted(found))


def answers(verifier: str, challenge: str) -> bool:
    """Whether the browser that asked is the one that comes back (RFC 7636 §4.6, S256)."""
    made = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())


def happened(
    tag: Tag,
    door: DoorSettings,
    who: str,
    outcome: str,
    detail: Mapping[str, Json],
    *,
    now: datetime,
    entropy: bytes,
) -> Event:
    """Texts in `detail` are cut: what a browser calls itself can be long."""
    return Event(
        id=ids.new("evt", now, entropy), at=now, tag=tag, who=who, gateway=door.gateway,
        resource=f"Door::{door.name}", outcome=outcome,
        detail={key: each[:MAX_WORDS] if isinstance(each, str) else each
                for key, each in detail.items()},
    )  # fmt: skip
