"""Take a gateway out of guard: its credential ends, and its agents are ungoverned on purpose."""

from collections.abc import Sequence
from datetime import datetime

from clawband.model import ids
from clawband.model.deployment import Gateway
from clawband.model.errors import InputError, NotFoundError
from clawband.model.event import Event, Tag
from clawband.openclaw import validation
from clawband.ports.store import People
from clawband.ports.unit import RemoveGateway, Unit

MAX_REASON = 500


def known(name: str, people: People) -> Gateway:
    """The gateway as it is enrolled. Raises `NotFoundError`."""
    for gateway in people.enrolled():
        if gateway.name == name:
            return gateway
    raise NotFoundError(
        f"no gateway `{name[:40]}` is enrolled", remedy="list them with `clawband gateway list`"
    )


def unguard(
    gateway: Gateway, agents: Sequence[str], reason: str, *, by: str, now: datetime, entropy: bytes
) -> Unit:
    """Its credential ends with this unit; `agents` are the principals known to be of it.

    Raises `InputError` without a reason, and the commit `ConflictError` when it was enrolled anew.
    """
    reason = validation.visible(reason.strip())
    if not 0 < len(reason) <= MAX_REASON:
        raise InputError(
            f"expected a reason of 1 to {MAX_REASON} characters, got {len(reason)}",
            remedy="say why nothing shall ask about its agents any more",
        )
    event = Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=Tag.GATEWAY_REMOVE,
        who=by,
        gateway=gateway.name,
        resource=f"Gateway::{gateway.name}",
        outcome="removed",
        detail={"environment": gateway.environment, "agents": list(agents), "reason": reason},
    )
    return Unit([event], [RemoveGateway(gateway)])
