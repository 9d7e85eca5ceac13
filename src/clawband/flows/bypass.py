"""What tried to leave a contained gateway beside the proxy, as events."""

from collections.abc import Sequence
from datetime import datetime

from clawband.model import ids
from clawband.model.deployment import Gateway
from clawband.model.errors import InputError
from clawband.model.event import Event, Tag
from clawband.openclaw import validation
from clawband.ports.unit import Unit

KINDS = ("dns", "tcp", "udp", "other", "socket", "call")
"""Packets the namespace dropped, then what no system call filter lets begin."""
WHO = ("gateway", "commands", "unknown")
MAX_BATCH = 100
MAX_COUNT = 1_000_000_000


def bypasses(told: Sequence[object], gateway: Gateway, *, now: datetime, entropy: bytes) -> Unit:
    """One unit; each entry is `{kind, what, who, count}`. Raises `InputError`."""
    if len(told) > MAX_BATCH:
        raise InputError(
            f"expected at most {MAX_BATCH} attempts at once, got {len(told)}",
            remedy="send them in smaller parts",
        )
    unit = Unit()
    for number, each in enumerate(told):
        said = validation.mapping(each, "attempt")
        kind, who, count = said.get("kind"), said.get("who"), said.get("count")
        if kind not in KINDS or who not in WHO:
            raise InputError(
                f"expected an attempt out of {', '.join(KINDS)} by one of {', '.join(WHO)}",
                remedy="use the `clawband contain` that came with this server",
            )
        times = count if isinstance(count, int) and 0 < count < MAX_COUNT else 1
        what = validation.name(said.get("what"), "what")
        unit.events.append(
            Event(
                id=ids.new("evt", now, number.to_bytes(3, "big") + entropy),
                at=now,
                tag=Tag.EGRESS_BYPASS,
                gateway=gateway.name,
                resource=what,
                outcome="deny",
                detail={"kind": str(kind), "who": str(who), "count": times},
            )
        )
    return unit
