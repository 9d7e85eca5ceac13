"""Approvals in a chat: what a person types there, and what they read before they do.

A code says which held act is meant. It proves nothing about who typed it: that is what the channel
says of the sender. What cannot be shown exactly has no code.
"""

import json
from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from clawband.approvals.lifecycle import describe
from clawband.model.approval import Approval
from clawband.model.digest import Json

CODE_BYTES = 5
LIFE = timedelta(minutes=10)
SHOWN = 3
"""Cards in one message."""
LONGEST = 1_000
"""Characters of one card; chats cut or split long messages."""
MARK = "`"
"""Ends the block in which a chat shows a text as it is."""


class Verb(StrEnum):
    """What can be done in a chat."""

    LIST = "list"
    APPROVE = "approve"
    DENY = "deny"
    LINK = "link"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands behind `/clawband`."""

    verb: Verb
    code: str = ""
    rest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A code, and the exact request that it is for."""

    code: str
    approval: str
    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What was shown to one person in one chat. The next list takes its place."""

    offers: tuple[Offer, ...]
    until: datetime

    def meant(self, typed: str, now: datetime) -> Offer | None:
        """The offer with this code, however it was typed; None once the time is over."""
        found = (each for each in self.offers if plain(each.code) == plain(typed))
        return next(found, None) if now < self.until else None

    def without(self, used: Offer) -> "Offers":
        return replace(self, offers=tuple(each for each in self.offers if each != used))


def code(entropy: bytes) -> str:
    """Eight letters and digits, as in `K7Q2-M9TX`."""
    letters = b32encode(entropy[:CODE_BYTES]).decode()
    return f"{letters[:4]}-{letters[4:]}"


def plain(typed: str) -> str:
    return typed.strip().upper().replace("-", "")


def read(text: str) -> Typed:
    """`approve K7Q2-M9TX`; without a word it is the list, and anything unknown asks for help."""
    verb, typed, rest = (*text.split(maxsplit=2), "", "", "")[:3]
    if not verb:
        return Typed(Verb.LIST)
    if verb.lower() not in set(Verb):
        return Typed(Verb.HELP)
    return Typed(Verb(verb.lower()), typed, rest.strip())


def card(approval: Approval, arguments: Mapping[str, Json]) -> str:
    """Everything that somebody must know who approves it; empty when a chat could not show it
    exactly: it is too long, or holds what cannot be seen or would not be shown as it is."""
    who = f"{approval.resource}, {approval.agent} for {approval.asker}"
    wanted = " or ".join(map(describe, approval.requirements))
    values = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in
              arguments.items()]  # fmt: skip
    why = [f"because {each.because}".replace(MARK, "'") for each in approval.reasons[:2]]
    lines = [who, *values, *why, f"it needs {wanted}"]
    text = "\n".join(lines)
    exact = all(map(str.isprintable, lines)) and MARK not in text
    return text if exact and len(text) <= LONGEST else ""


def listed(cards: Sequence[tuple[Offer, str]], more: int) -> str:
    """The message: each card as it is, and what to type about it."""
    parts = [
        f"```\n{text}\n```\nTo approve: /clawband approve {offer.code}\n"
        f"To refuse: /clawband deny {offer.code} and why"
        for offer, text in cards
    ]
    if more:
        parts.append(f"{more} more of yours can be decided in the console only, or after these.")
    return "\n\n".join(parts) or "Nothing waits for you here."


HELP = (
    "/clawband lists what waits for you, /clawband approve CODE and /clawband deny CODE WHY decide "
    "it, /clawband link CODE makes this chat yours."
)
