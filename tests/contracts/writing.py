"""Events, approvals and units for whoever tests a store."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from clawband.model.access import Reason, Requirement
from clawband.model.approval import Approval, ApprovalState
from clawband.model.event import Event, Tag
from clawband.model.ids import ApprovalId, DecisionId
from clawband.ports.unit import MoveApproval, Unit
from tests.simulators.clocks import START

REQUEST = "sha256:" + "a" * 64
_numbers = count()


def event(tag: Tag = Tag.SERVER_START, **fields: Any) -> Event:
    number = next(_numbers)
    fields.setdefault("id", f"evt_{number:022d}")
    fields.setdefault("at", START + timedelta(milliseconds=number))
    return Event(tag=tag, **fields)


def permit(action: str = "tool:read", resource: str = "Tool::look", **fields: Any) -> Event:
    fields.setdefault("gateway", "sample")
    fields.setdefault("agent", f"{fields['gateway']}/desk")
    return event(Tag.DECISION_PERMIT, action=action, resource=resource, outcome="permit", **fields)


def unit(*changes: Any, events: int = 1) -> Unit:
    return Unit([event() for _ in range(events)], list(changes))


def approval(id: str = "apr_1", request: str = REQUEST, **fields: Any) -> Approval:
    values: dict[str, Any] = {
        "id": ApprovalId(id), "request": request, "decision": DecisionId("dec_1"),
        "asker": "telegram:4242", "agent": "sample/desk", "action": "tool:pay",
        "resource": "refund", "session": "s", "opened": START,
        "requirements": (Requirement("approver"),), "reasons": (Reason("desk/pay", "money"),),
        "wait_until": START + timedelta(minutes=5), "expires": START + timedelta(hours=8),
    }  # fmt: skip
    return Approval(**{**values, **fields})


def moved(was: Approval, state: ApprovalState, **fields: Any) -> MoveApproval:
    return MoveApproval(replace(was, state=state, **fields), was.state, len(was.grants))
