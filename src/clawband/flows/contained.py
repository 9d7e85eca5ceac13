"""Containment: no command runs on the gateway's machine outside the launcher."""

from clawband.model.access import Action, Deny, Reason, Request
from clawband.policy.sets import PolicySet

NEVER = "?"
HERE = ("", "auto", "gateway")
"""Values of `host` that mean the gateway's own machine; a sandbox has no launcher and fails."""


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
