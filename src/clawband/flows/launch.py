"""Commands: a permitted one starts through the launcher, or not at all.

The gateway is told to run the launcher with a ticket in its environment, because every command can
read every command line. The launcher restricts itself and redeems the
ticket for the command that was decided: what the gateway does to the text in between changes
nothing. `docs/containment.md` explains it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from clawband.flows.contained import wrappable
from clawband.flows.decide import Decided
from clawband.model.access import Action, Permit, Request
from clawband.model.digest import Json

ENVIRONMENT = "env"
TICKET = "CLAWBAND_TICKET"
"""The launcher knows the variable by this name too (`launcher.wire`)."""
TICKET_LIFE = timedelta(seconds=60)
TICKET_BYTES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A permitted command that has not started yet."""

    request: Request
    cause: str
    """Id of the decision."""
    command: str
    environment: Mapping[str, str]
    expires: datetime


def launch_of(decided: Decided) -> Launch | None:
    """What to start for this permit; None when it starts no command of ours."""
    request = decided.request
    starts = request.contained and not request.preview and request.action is Action.EXECUTE
    if not starts or not isinstance(decided.decision, Permit) or not wrappable(request):
        return None
    return Launch(
        request=request,
        cause=decided.id,
        command=_command(decided),
        environment=_environment(decided),
        expires=decided.at + TICKET_LIFE,
    )


def _command(decided: Decided) -> str:
    """The command exactly as decided."""
    tool, decision = decided.request.tool, decided.decision
    rewritten = decision.params if isinstance(decision, Permit) else None
    arguments: Mapping[str, Json] = rewritten or decided.request.arguments
    return str(arguments.get(tool.launch, "")) if tool else ""


def _environment(decided: Decided) -> Mapping[str, str]:
    """What the call sets for its command; what is no text is left out."""
    said = decided.request.arguments.get(ENVIRONMENT)
    pairs = said.items() if isinstance(said, Mapping) else ()
    return {name: value for name, value in pairs if isinstance(value, str) and name.isidentifier()}


def rewritten(decided: Decided, line: str, ticket: str) -> Mapping[str, Json]:
    """The arguments with the launcher's command line in the command's place, and the ticket as the
    only variable.

    Its environment goes to the command alone: the launcher itself must not be led astray by it.
    """
    decision = decided.decision
    given = decision.params if isinstance(decision, Permit) else None
    tool = decided.request.tool
    kept = {**(given or decided.request.arguments), **({tool.launch: line} if tool else {})}
    return {**kept, ENVIRONMENT: {TICKET: ticket}}
