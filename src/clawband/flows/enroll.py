"""Take a gateway under guard: it gets a credential of its own, shown once, kept as a digest."""

import re
from datetime import datetime

from clawband.identity.session import SECRET_BYTES, stored
from clawband.model import ids
from clawband.model.deployment import Gateway
from clawband.model.environments import ENVIRONMENTS
from clawband.model.errors import InputError
from clawband.model.event import Event, Tag
from clawband.ports.unit import EnrollGateway, Unit

NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")


def enroll(
    name: str, environment: str, *, by: str, now: datetime, entropy: bytes
) -> tuple[str, Gateway, Unit]:
    """The credential, the gateway, the unit. Enrolling again ends the old credential at once."""
    if not NAME.fullmatch(name):
        raise InputError(
            f"expected a gateway name of lower-case letters, digits and `-`, got `{name[:40]}`",
            remedy="choose a name such as `shop`",
        )
    if environment not in ENVIRONMENTS:
        raise InputError(
            f"expected one of {', '.join(ENVIRONMENTS)}, got `{environment[:40]}`",
            remedy="name the environment of the gateway",
        )
    secret = f"cbg_{entropy[:SECRET_BYTES].hex()}"
    gateway = Gateway(name=name, environment=environment, credential=stored(secret), enrolled=now)
    event = Event(
        id=ids.new("evt", now, entropy[SECRET_BYTES:]),
        at=now,
        tag=Tag.GATEWAY_ENROLL,
        who=by,
        gateway=name,
        resource=f"Gateway::{name}",
        outcome="enrolled",
        detail={"environment": environment},
    )
    return secret, gateway, Unit([event], [EnrollGateway(gateway)])
