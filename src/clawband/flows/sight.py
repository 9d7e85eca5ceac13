"""Where things belong, and what of them somebody may look at.

An agent, an approval, an event belongs to the environment of its gateway. What is of no gateway, or
of one that is no longer enrolled, belongs to Clawband itself: that wants a role everywhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from clawband.flows.authority import places, require
from clawband.identity.roles import Act
from clawband.model.control import Control, ControlKind
from clawband.model.deployment import Gateway, Workflow
from clawband.model.event import Event, Leaf
from clawband.model.person import SignedIn
from clawband.ports.store import Query, Records

BATCH, BATCHES = 1_000, 20
"""Leaves that are looked at for who sees only some of them, the newest that the query finds."""


def where(principal: str, gateways: Iterable[Gateway]) -> str:
    """The environment of a gateway (`shop`) or of an agent of it (`shop/desk`)."""
    name = principal.partition("/")[0]
    return next((each.environment for each in gateways if each.name == name), "")


def about(event: Event) -> str:
    """The gateway that an event is about; empty for one about Clawband itself."""
    return event.gateway or event.agent.partition("/")[0]


def paused_in(control: Control, gateways: Iterable[Gateway], workflows: Iterable[Workflow]) -> str:
    """Where a pause holds; empty for one that may hold in every environment."""
    match control.kind:
        case ControlKind.GATEWAY:
            return where(control.name, gateways)
        case ControlKind.AGENT if "/" in control.name:
            return where(control.name, gateways)
        case ControlKind.WORKFLOW:
            found = (each.environment for each in workflows if each.name == control.name)
            return next(found, "")
    return ""


class Sight:
    """What somebody sees of a deployment with these gateways, while they do `act`."""

    def __init__(self, by: SignedIn, gateways: Sequence[Gateway], act: Act = Act.LOOK) -> None:
        self._by, self._gateways, self._act = by, gateways, act
        self.places = places(by, act)
        self.whole = "" in self.places

    def of(self, principal: str) -> bool:
        """Whether they see what belongs to this gateway or agent; an empty name is Clawband."""
        return self.whole or where(principal, self._gateways) in self.places

    def require(self, principal: str) -> None:
        """Raises what `authority.require` raises."""
        require(self._by, self._act, where(principal, self._gateways))

    def leaves(self, found: Iterable[Leaf]) -> list[Leaf]:
        return [leaf for leaf in found if self.of(about(leaf.event))]

    def find(self, query: Query, records: Records) -> Sequence[Leaf]:
        """What `Records.find` finds and they see; of the newest `BATCH` times `BATCHES`."""
        if self.whole:
            return records.find(query)
        seen, left = list[Leaf](), query
        for _ in range(BATCHES if self.places else 0):
            found = records.find(replace(left, limit=BATCH))
            seen += self.leaves(found)
            if len(found) < BATCH or len(seen) >= query.limit:
                break
            left = replace(left, before=found[-1].index)
        return seen[: query.limit]
