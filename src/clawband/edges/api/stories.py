"""Explanations, endorsements and offers as JSON for people and programs."""

from typing import Any

from clawband.approvals.compression import Cards
from clawband.audit.entry import stamp
from clawband.edges.api import views
from clawband.flows.explain import Account, Read, Value, describe
from clawband.model.provenance import Endorsement
from clawband.service.endorsements import Offer, Reviewed
from clawband.service.service import Service


def account(account: Account) -> dict[str, Any]:
    """A decision's story as JSON."""
    event = account.event
    return {
        "decision": event.id,
        "at": stamp(event.at),
        "verdict": event.outcome,
        "who": event.who,
        "agent": event.agent,
        "action": event.action,
        "resource": event.resource,
        "session": event.session,
        "reasons": [{"policy": each.policy, "because": each.because} for each in account.reasons],
        "remedies": account.remedies,
        "values": [value(each) for each in account.values],
        "endorsable": sorted(account.endorsable),
        "read": [read(each) for each in account.read],
        "approval": views.approval(account.approval) if account.approval else None,
    }


def value(value: Value) -> dict[str, Any]:
    """One argument; `span` is where it stands in the quote, in characters."""
    explanation = value.explanation
    return {
        "meaning": str(explanation.argument.meaning),
        "key": explanation.argument.key,
        "value": explanation.argument.value,
        "origin": str(explanation.origin),
        "says": value.says,
        "doubtful": value.doubtful,
        "source": explanation.source,
        "reading": explanation.reading,
        "quote": explanation.quote,
        "span": value.span,
    }


def read(read: Read) -> dict[str, Any]:
    return {
        "id": read.reading.id,
        "at": stamp(read.reading.at),
        "source": read.reading.source,
        "says": read.says,
        "label": describe(read.reading.label),
    }


def endorsement(endorsement: Endorsement, service: Service) -> dict[str, Any]:
    return {
        "id": endorsement.id,
        "agent": endorsement.agent,
        "meaning": endorsement.meaning or "source",
        "value": endorsement.value,
        "session": endorsement.session.partition("/")[2],
        "tool": endorsement.tool,
        "purpose": endorsement.purpose,
        "by": endorsement.by,
        "opened": stamp(endorsement.opened),
        "expires": stamp(endorsement.expires),
        "holds": endorsement.holds(service.running.now()),
        "revoked": stamp(endorsement.revoked) if endorsement.revoked else None,
        "revoked_by": endorsement.revoked_by,
        "decisions": endorsement.decisions,
    }


def reviewed(reviewed: Reviewed, service: Service) -> dict[str, Any]:
    last = stamp(reviewed.last) if reviewed.last else None
    return {**endorsement(reviewed.endorsement, service), "uses": reviewed.uses, "last": last}


def offer(offer: Offer) -> dict[str, Any]:
    group = offer.group
    return {
        "id": group.id,
        "title": offer.title,
        "agent": group.agent,
        "session": group.session,
        "tool": group.tool,
        "values": [value(each) for each in offer.values],
        "approvals": [each.id for each in group.approvals],
        "allows": offer.allows,
        "still": offer.still,
    }


def cards(cards: Cards) -> dict[str, Any]:
    return {
        "turns": cards.turns,
        "cards": cards.cards,
        "asked": cards.asked,
        "mean": round(cards.mean, 3),
        "median": cards.median,
        "most": cards.most,
    }
