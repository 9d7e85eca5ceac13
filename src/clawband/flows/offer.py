"""Offer held acts to somebody in a chat, each under a code, and take what they say of one.

Only where the workflow says `[approval] chat = true`; never to who asked, nor in the session that
asked; never what nobody is known to have asked for. A code is for the exact request it was shown
for, is used once, and means nothing in any other chat.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from clawband.approvals import chat
from clawband.approvals.chat import Offer, Offers
from clawband.flows import approve
from clawband.flows.kept import Kind
from clawband.model.access import NOBODY, Action, Permit, Reason, Request
from clawband.model.approval import Approval
from clawband.model.deployment import Workflow
from clawband.model.digest import Json
from clawband.model.errors import AuthenticationError, NotFoundError
from clawband.openclaw.commands import Command
from clawband.openclaw.hooks import content_of
from clawband.policy.sets import PolicySet
from clawband.ports.store import Documents, Ledger, State
from clawband.ports.unit import Change, Unit

SAID = "clawband/chat"
SOON = timedelta(minutes=1)
"""In which the gateway delivers an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a command may leave until then."""

    until: datetime


OFFERS = Kind("chat-offers", Offers)
"""By the id of the chat."""
ANSWER = Kind("chat-answer", Answer)
"""By gateway, channel and content digest."""


class Desk(Ledger, Documents, Protocol):
    """Approvals, and what is kept about them."""


def takes(workflow: Workflow | None) -> bool:
    """Whether it takes an answer from a chat."""
    return workflow is not None and workflow.patience.chat


def fits(approval: Approval, said: Command, active: PolicySet | None) -> bool:
    """Whether this may be decided in this chat at all."""
    gateway, _, agent = approval.agent.partition("/")
    here = approval.session == said.session or not approval.session
    unknown = approval.asker in (NOBODY.id, "", said.who)
    workflow = active.workflow_of(gateway, agent) if active else None
    return gateway == said.gateway.name and not here and not unknown and takes(workflow)


def cards(
    found: Iterable[tuple[Approval, bytes | None]], entropy: bytes
) -> Sequence[tuple[Offer, str]]:
    """Those of them that a chat can show exactly, each with its code."""
    made = []
    for number, (approval, body) in enumerate(found):
        text = chat.card(approval, _arguments(body)) if body else ""
        start = number * chat.CODE_BYTES
        code = chat.code(entropy[start : start + chat.CODE_BYTES])
        if text:
            made.append((Offer(code=code, approval=approval.id, request=approval.request), text))
    return made


def put(offers: Iterable[Offer], said: Command, documents: Documents, now: datetime) -> Unit:
    """Keep what was shown; what was shown before is good no longer."""
    fresh = Offers(offers=tuple(offers), until=now + chat.LIFE)
    was = OFFERS.find(said.chat, documents)
    return Unit([], [OFFERS.replace(was, fresh) if was else OFFERS.new(said.chat, fresh)])


def meant(
    typed: str, said: Command, *, desk: Desk, active: PolicySet | None, now: datetime
) -> tuple[Approval, Change]:
    """The approval that a code is for, and what uses the code up.

    Raises `NotFoundError` for a code that is not good here, or no longer, and
    `AuthenticationError` where the chat no longer decides.
    """
    kept = OFFERS.find(said.chat, desk)
    offer = kept.value.meant(typed, now) if kept else None
    if kept is None or offer is None:
        raise NotFoundError("this code is not good, or no longer", remedy="/clawband lists anew")
    approval = approve.find(offer.approval, desk)
    if approval.request != offer.request:
        raise NotFoundError(
            "it is no longer what this code was for", remedy="/clawband shows what it is now"
        )
    if not fits(approval, said, active):
        raise AuthenticationError("this is decided in the console", remedy="open it there")
    return approval, OFFERS.replace(kept, kept.value.without(offer))


def answering(text: str, said: Command, documents: Documents, now: datetime) -> Change:
    """Lets the gateway deliver this answer to who asked, and nothing else to anybody else."""
    named = _answer(said.gateway.name, said.channel, said.answered(text))
    value = Answer(now + SOON)
    was = ANSWER.find(named, documents)
    return ANSWER.replace(was, value) if was else ANSWER.new(named, value)


def delivery(request: Request, state: State, *, silent: bool, now: datetime) -> Permit | None:
    """Our own words about an approval, on their way to who typed a command a moment ago: no agent
    wrote them, so no policy is asked. `silent` when the chat or the gateway is paused."""
    if request.action is not Action.SEND_REPLY or request.trace.run or silent:
        return None
    if request.arguments.get("media") or request.arguments.get("more"):
        return None
    content = request.delivers or content_of(request.arguments)
    named = _answer(request.principal.gateway, request.resource.id, content)
    found = ANSWER.find(named, state)
    if found is None or now >= found.value.until:
        return None
    return Permit((Reason(SAID, "it answers a command that an approver typed"),))


def lapsed(documents: Documents, now: datetime) -> list[Change]:
    """What forgets what was shown and answered too long ago."""
    over: list[Change] = [
        OFFERS.drop(each) for each in OFFERS.all(documents) if now >= each.value.until
    ]
    return over + [ANSWER.drop(each) for each in ANSWER.all(documents) if now >= each.value.until]


def _answer(gateway: str, channel: str, content: str) -> str:
    return f"{gateway} {channel} {content}"


def _arguments(body: bytes) -> Mapping[str, Json]:
    return dict(json.loads(body)["arguments"])
