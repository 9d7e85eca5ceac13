"""What happened, as reported: appended to the log, and compared with what was permitted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from clawband.model import ids
from clawband.model.access import scoped
from clawband.model.deployment import Gateway
from clawband.model.errors import InputError
from clawband.model.event import Event, Tag
from clawband.openclaw import reports, validation
from clawband.ports.store import State
from clawband.ports.unit import Unit


def observe(
    reported: Sequence[object],
    gateway: Gateway,
    *,
    boot: str,
    state: State,
    now: datetime,
    entropy: bytes,
) -> Unit:
    """One unit for all reports. A report that is none is recorded as refused, not lost."""
    unit = Unit()
    for number, report in enumerate(reported[: reports.MAX_BATCH]):
        unique = number.to_bytes(3, "big") + entropy
        try:
            event = reports.observed(report, gateway, boot=boot, now=now, entropy=unique)
        except InputError as error:
            unit.events.append(malformed(gateway, error, now=now, entropy=unique))
            continue
        if event.tag is Tag.CALL_FINISH:
            call, run = scoped(gateway.name, event.call), scoped(gateway.name, event.run)
            permitted = state.permitted(call, run)
            event = replace(event, cause=permitted.decision if permitted else "")
            if permitted is None and event.outcome == "ok":
                unit.events.append(_unreported(event, b"\x01" + unique))
        unit.events.append(event)
    return unit


def refusals(
    entries: Sequence[object], gateway: Gateway, *, boot: str, now: datetime, entropy: bytes
) -> Unit:
    """What the plugin refused by itself while nobody answered it.

    An entry that is none is recorded as refused: it must not keep back the ones beside it.
    """
    unit = Unit()
    for number, entry in enumerate(entries[: reports.MAX_BATCH]):
        unique = number.to_bytes(3, "big") + entropy
        try:
            event = reports.refused(entry, gateway, boot=boot, now=now, entropy=unique)
        except InputError as error:
            event = malformed(gateway, error, now=now, entropy=unique)
        unit.events.append(event)
    return unit


def malformed(
    gateway: Gateway | None, error: InputError, *, now: datetime, entropy: bytes
) -> Event:
    """Bytes that never became a request. Says what was wrong, not what was sent."""
    return Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=Tag.REQUEST_REFUSE,
        gateway=gateway.name if gateway else "",
        outcome="deny",
        detail={"problem": validation.visible(error.message[:300])},
    )


def gap(
    lost: Sequence[int], gateway: Gateway, *, boot: str, now: datetime, entropy: bytes
) -> Event:
    """Numbered events that never arrived."""
    return Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=Tag.GATEWAY_GAP,
        gateway=gateway.name,
        outcome="missing",
        detail={"boot": boot, "count": len(lost), "first": lost[0], "last": lost[-1]},
    )


def silent(name: str, seconds: int, *, now: datetime, entropy: bytes) -> Event:
    """A gateway's plugin stopped sending heartbeats."""
    return Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=Tag.GATEWAY_SILENT,
        gateway=name,
        outcome="silent",
        detail={"seconds": seconds},
    )


def _unreported(event: Event, entropy: bytes) -> Event:
    return replace(
        event,
        id=ids.new("evt", event.at, entropy),
        tag=Tag.CALL_UNREPORTED,
        outcome="unreported",
        detail={},
    )
