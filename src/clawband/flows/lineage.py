"""Where the values of a request come from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from clawband.flows import systems
from clawband.labels.passage import same
from clawband.labels.sources import LINKS
from clawband.model.access import Action, Request
from clawband.model.deployment import Workflow
from clawband.model.hosts import host
from clawband.model.provenance import (
    Argument,
    Endorsement,
    Explanation,
    Meaning,
    Origin,
)
from clawband.ports.store import State

SENDING = frozenset({Action.SEND, Action.PAY})
CHANGING = SENDING | {Action.WRITE, Action.EXECUTE, Action.DELETE, Action.CONFIGURE}
_ADDRESSES = (Meaning.URL, Meaning.LINK, Meaning.EMBED)
_NAMING = frozenset({Meaning.URL, Meaning.PATH, Meaning.RECIPIENT, Meaning.ID, Meaning.ACCOUNT})


def explanations(
    request: Request,
    state: State,
    workflow: Workflow | None,
    now: datetime,
    *,
    thorough: bool = False,
) -> tuple[Explanation, ...]:
    """One for each consequential value, in the order of the arguments.

    `thorough` also finds the sentence from outside that holds an unexplained target: only people
    who are shown a refusal need it, and long texts take long to search.
    """
    if not request.facts.arguments:
        return ()
    sources = state.sources(request.session)
    vouched = [each for each in state.endorsements(request.principal.id) if each.holds(now)]
    tools = workflow.tools if workflow else {}
    accepts = workflow.accepts if workflow else frozenset()
    kin = _kin(request, workflow)

    def put(argument: Argument, found: Explanation) -> bool:
        """Whether this agent itself put the value into the system that now attests it."""
        tool = tools.get(found.source.partition(":")[0])
        where = systems.within(request.principal.id, tool.system if tool else "")
        return state.sources(where).put(argument)

    return tuple(
        _explained(
            argument,
            request,
            sources.explain(
                argument,
                request.requester.id,
                kin,
                thorough=thorough or _is_told_apart(argument, accepts),
            ),
            workflow,
            vouched,
            put,
        )
        for argument in request.facts.arguments
    )


def referred(explained: Sequence[Explanation]) -> bool:
    """Whether the person named everything that this call reads from."""
    naming = [each for each in explained if each.argument.meaning in _NAMING]
    return bool(naming) and all(each.origin is Origin.WORDS for each in naming)


def fresh(request: Request, state: State) -> frozenset[str]:
    """Hosts and recipients of a sending call that this agent never sent to before."""
    destinations = destinations_of(request)
    return (
        destinations - state.used(request.principal.id, destinations)
        if destinations
        else destinations
    )


def destinations_of(request: Request) -> frozenset[str]:
    """Hosts and recipients that a changing call names."""
    sends = request.action in CHANGING
    return request.facts.hosts | request.facts.recipients if sends else frozenset()


def _explained(
    argument: Argument,
    request: Request,
    found: Explanation,
    workflow: Workflow | None,
    vouched: Sequence[Endorsement],
    put: Callable[[Argument, Explanation], bool],
) -> Explanation:
    if found.origin is Origin.WORDS:
        return found
    if found.origin in (Origin.ANCHORED, Origin.ATTESTED) and put(argument, found):
        found = replace(found, origin=Origin.OUTSIDE)
    read = found.origin in (Origin.REFERRED, Origin.OUTSIDE)
    if read and argument.meaning in LINKS and put(argument, found):
        found = replace(found, origin=Origin.DERIVED)
    listed = workflow.listed if workflow else {}
    if is_listed(argument, listed):
        return Explanation(argument=argument, origin=Origin.LISTED, source=request.workflow)
    for endorsement in vouched:
        if _covers(endorsement, argument, found, request):
            return replace(found, origin=Origin.ENDORSED, source=endorsement.id)
    accepts = workflow.accepts if workflow else frozenset()
    if f"{request.action.partition(':')[2]}:{found.fact}" in accepts:
        return replace(found, origin=Origin.LISTED)
    return found


def _is_told_apart(argument: Argument, accepts: frozenset[str]) -> bool:
    """Whether the manifest accepts values of this meaning by their origin."""
    return any(f":{argument.meaning}:" in accepted for accepted in accepts)


def _kin(request: Request, workflow: Workflow | None) -> Callable[[str], bool]:
    """Whether a tool belongs to the same system as the call's; OpenClaw's own belong to none."""
    tools = workflow.tools if workflow else {}
    system = request.tool.system if request.tool else ""

    def is_kin(name: str) -> bool:
        known = tools.get(name)
        return (known.system if known else "") == system

    return is_kin


def is_listed(argument: Argument, listed: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a manifest's lists hold the value. A listed host stands for every address at it."""
    meaning = argument.meaning
    if any(same(meaning, value, argument.value) for value in listed.get(meaning, ())):
        return True
    return meaning in _ADDRESSES and host(argument.value) in listed.get(Meaning.URL, ())


def _covers(
    endorsement: Endorsement, argument: Argument, found: Explanation, request: Request
) -> bool:
    """An endorsement reaches no further than it says."""
    if endorsement.session not in ("", request.session):
        return False
    if endorsement.tool not in ("", request.resource.id):
        return False
    if not endorsement.meaning:
        return bool(found.source) and endorsement.value == found.source
    return endorsement.meaning == argument.meaning and same(
        argument.meaning, endorsement.value, argument.value
    )
