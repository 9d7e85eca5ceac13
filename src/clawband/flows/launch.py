"""Commands: a permitted one starts through the launcher, or not at all.

The gateway is told to run the launcher with a ticket. The launcher restricts itself and redeems the
ticket for the command that was decided: what the gateway does to the text in between changes
nothing. `docs/containment.md` explains it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from clawband.flows.decide import Decided
from clawband.model.access import Action, Deny, Permit, Reason, Request
from clawband.model.digest import Json
from clawband.policy.sets import PolicySet

NEVER = "?"
HERE = ("", "auto", "gateway")
"""Values of `host` that mean the gateway's own machine; a sandbox has no launcher and fails."""
TICKET_LIFE = timedelta(seconds=60)
TICKET_BYTES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A permitted command that has not started yet."""

    request: Request
    cause: str
    """Id of the decision."""
    command: str
    expires: datetime


def wrappable(request: Request) -> bool:
    """Whether the launcher can start what this call would run."""
    tool = request.tool
    if tool is None or not tool.launch or tool.launch == NEVER:
        return False
    command, host = request.arguments.get(tool.launch), request.arguments.get("host") or ""
    return isinstance(command, str) and bool(command.strip()) and host in HERE


def guard(request: Request, active: PolicySet | None) -> Deny | None:
    """Refuses what would run on the gateway's machine outside the launcher.

    The gateway's manifest may accept it. No approval lifts it: nobody can see what a command does.
    """
    tool = request.tool
    if request.action is not Action.EXECUTE or tool is None or not tool.launch:
        return None
    plan = active.gateways.get(request.principal.gateway) if active else None
    if (request.contained and wrappable(request)) or (plan and plan.uncontained == "accept"):
        return None
    return Deny(
        (Reason("clawband/uncontained", "the command could not be contained"),),
        'run it with `host = "gateway"` and a launcher, or set `uncontained = "accept"` in the '
        "gateway's manifest",
    )


def launch_of(decided: Decided, command: str) -> Launch | None:
    """What to start for this permit; None when it starts no command of ours."""
    request = decided.request
    starts = request.contained and not request.preview and request.action is Action.EXECUTE
    if not starts or not isinstance(decided.decision, Permit) or not wrappable(request):
        return None
    return Launch(
        request=request, cause=decided.id, command=command, expires=decided.at + TICKET_LIFE
    )


def command_of(decided: Decided) -> str:
    """The command exactly as decided."""
    tool, decision = decided.request.tool, decided.decision
    rewritten = decision.params if isinstance(decision, Permit) else None
    arguments: Mapping[str, Json] = rewritten or decided.request.arguments
    return str(arguments.get(tool.launch, "")) if tool else ""


def rewritten(decided: Decided, line: str) -> Mapping[str, Json]:
    """The arguments with the launcher's command line in the command's place."""
    decision = decided.decision
    given = decision.params if isinstance(decision, Permit) else None
    tool = decided.request.tool
    return {**(given or decided.request.arguments), **({tool.launch: line} if tool else {})}
