"""What somebody typed to the guard itself, in a chat: `/clawband …`, and who it was.

Who typed it is what the channel says. A client of the gateway can pass a command on too, in any
session and with a sender that it chose: the gateway marks those, and they are nobody's word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clawband.model.deployment import Gateway
from clawband.model.errors import InputError
from clawband.openclaw import validation
from clawband.openclaw.hooks import content_of

CHANNELS = frozenset({"telegram"})
"""Whose senders were looked at: `docs/openclaw.md`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command, and the private chat it was typed in."""

    gateway: Gateway
    channel: str
    sender: str
    session: str
    text: str

    @property
    def who(self) -> str:
        """The requester id of who typed it, as in `telegram:4242`."""
        return f"{self.channel}:{self.sender}"

    @property
    def chat(self) -> str:
        """The same at this gateway: no gateway speaks for the people of another."""
        return f"{self.gateway.name}:{self.who}"

    def answered(self, text: str) -> str:
        """The content digest by which the gateway's delivery of this answer is known again."""
        return content_of({"text": text, "to": self.sender})


def command(event: object, context: object, gateway: Gateway) -> Command:
    """Raises `InputError`, also for what no authenticated sender of a private chat typed."""
    said, around = validation.bounded(event, "event"), validation.bounded(context, "ctx")
    channel = validation.name(said.get("channel"), "event.channel")
    sender = validation.number_or_name(said.get("senderId"), "event.senderId")
    if channel not in CHANNELS or said.get("internal") is not False or not _is_number(sender):
        raise InputError(
            "this was not typed in a chat that is known here",
            remedy=f"write to the agent in {', '.join(sorted(CHANNELS))}",
        )
    if said.get("authorized") is not True or not _private(said, channel, sender):
        raise InputError(
            "this is not a private chat with an agent that listens to you",
            remedy="write to the agent directly",
        )
    return Command(
        gateway=gateway,
        channel=channel,
        sender=sender,
        session=validation.name(around.get("sessionKey"), "ctx.sessionKey"),
        text=validation.text(said.get("args"), "event.args"),
    )


def _private(said: Mapping[str, Any], channel: str, sender: str) -> bool:
    """In a private chat both ends of the conversation are the sender."""
    return said.get("from") == said.get("to") == f"{channel}:{sender}"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()
