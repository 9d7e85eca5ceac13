"""Is a line still worth sending? What was decided or followed meanwhile is not."""

from collections.abc import Callable, Mapping
from datetime import datetime

from clawband.flows import elevate, invite, mailbox, propose
from clawband.flows.announce import Desk
from clawband.identity import elevation, proposal
from clawband.model.approval import ApprovalState
from clawband.model.ids import ApprovalId
from clawband.model.notice import Line


def still(line: Line, desk: Desk, now: datetime) -> bool:
    """Whether what it is about is as open as it was; what is about nothing is always worth it."""
    kind, _, named = line.about.partition(" ")
    open_ = _OPEN.get(kind)
    return open_ is None or open_(named, desk, now)


def _approval(id: str, desk: Desk, now: datetime) -> bool:
    found = desk.approval(ApprovalId(id))
    return found is not None and found.state is ApprovalState.PENDING and now < found.expires


def _elevation(id: str, desk: Desk, now: datetime) -> bool:
    asked = (each.value for each in elevate.KIND.all(desk))
    return any(
        each.id == id and each.stage is elevation.Stage.ASKED and each.open(now) for each in asked
    )


def _proposal(id: str, desk: Desk, now: datetime) -> bool:
    found = propose.KIND.find(id, desk)
    return found is not None and found.value.stage is proposal.Stage.OPEN and found.value.open(now)


def _invitation(id: str, desk: Desk, now: datetime) -> bool:
    found = invite.INVITATION.find(id, desk)
    return found is not None and now < found.value.expires


def _proof(id: str, desk: Desk, now: datetime) -> bool:
    """Of an address: the id is a name and the digest of the token."""
    name, _, token = id.partition(" ")
    found = mailbox.MAILBOX.find(name, desk)
    proof = found.value.proof if found else None
    return proof is not None and proof.token == token and now < proof.asked + mailbox.LIFE


_OPEN: Mapping[str, Callable[[str, Desk, datetime], bool]] = {
    "approval": _approval,
    "elevation": _elevation,
    "proposal": _proposal,
    "invitation": _invitation,
    "proof": _proof,
}
