"""What an agent put into an external system, and what of it comes back, in any session.

What a system returns that only the deployment writes (`outside = false`) is trusted. The agent
writes there too: what it put there after it had read content from outside stays that content.
"""

from clawband.labels import lattice
from clawband.model.access import Action, Request
from clawband.model.label import Confidentiality, Integrity, Label
from clawband.ports.store import State


def within(agent: str, system: str) -> str:
    """The name of the readings that hold what this agent put into a system."""
    return f"{agent}#{system}"


def of(request: Request) -> str:
    """The same for the system that a request acts on."""
    return within(request.principal.id, request.tool.system if request.tool else "")


def returned(request: Request, state: State) -> tuple[str, str] | None:
    """Of a trusted tool's result: what it says by itself, and what this agent put there; None when
    nothing came back, or nobody trusts any of it."""
    if request.action is not Action.RESULT or request.tool is None or request.tool.outside:
        return None
    own, back = state.sources(of(request)).returned(str(request.arguments.get("text") or ""))
    return (own, back) if back else None


def label(request: Request, back: tuple[str, str] | None) -> Label:
    """What the session reads with it."""
    if back is None:
        return lattice.NOTHING_READ
    source = f"{request.resource.id}: written by the agent"
    return Label(Integrity.OUTSIDE, Confidentiality.PUBLIC, frozenset({source}))
