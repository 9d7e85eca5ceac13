"""What a gateway's plugin asks about, as it is looked through for honeytokens."""

import json
from collections.abc import Mapping
from typing import Final

import msgspec

from clawband.model.access import Principal
from clawband.model.deployment import Gateway
from clawband.model.honeytoken import Place, Sighting
from clawband.openclaw.hooks import Asked, Hook

PLACES: Final[Mapping[Hook, Place]] = {
    Hook.RUN: Place.MESSAGE,
    Hook.TOOL: Place.CALL,
    Hook.RESULT: Place.RESULT,
    Hook.REPLY: Place.REPLY,
    Hook.MESSAGE: Place.REPLY,
    Hook.INSTALL: Place.CALL,
}


def words(question: Asked) -> bytes:
    """Everything that the question says."""
    try:
        return msgspec.json.encode(question.event)
    except UnicodeEncodeError:  # half an emoji
        return json.dumps(question.event).encode()


def sighting(question: Asked, gateway: Gateway) -> Sighting:
    """Of a honeytoken in it."""
    trace, tool = question.trace, question.event.get("toolName")
    return Sighting(
        place=PLACES[question.hook], gateway=gateway.name,
        agent=Principal(gateway.name, question.agent).id, session=trace.session, run=trace.run,
        call=trace.call, trace=trace.trace, message=trace.message,
        detail={"tool": tool[:80]} if isinstance(tool, str) else {},
    )  # fmt: skip
