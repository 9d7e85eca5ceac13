"""A question from the plugin, from its words to an answer ready to be committed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from clawband.approvals.edit import Edit
from clawband.flows.decide import Decided, Moment, decide
from clawband.flows.edit import KIND as EDITS
from clawband.flows.edit import standing
from clawband.flows.hold import Holding
from clawband.flows.kept import Kept
from clawband.flows.notice import noticed
from clawband.labels.known import NOTHING, Known
from clawband.model.access import NOBODY, Request, Requester, scoped
from clawband.model.deployment import Gateway, Tool
from clawband.openclaw import hooks
from clawband.openclaw.edited import instead
from clawband.policy.sets import PolicySet
from clawband.ports.store import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What is known of the machine that a gateway runs on, and what a person wrote."""

    workspace: str = ""
    """The folder of the asking agent, as the gateway told it."""
    protected: frozenset[str] = frozenset()
    """What the question's paths lead to there, of what only the gateway and its guard may touch."""
    launcher: bool = False
    """Permitted commands can be started through our launcher."""
    edit: Kept[Edit] | None = None
    """For a question that `edited` gave: what it has in place of the agent's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Where a question comes from, and what its words mean there."""

    gateway: Gateway
    active: PolicySet | None
    catalogue: Mapping[str, Tool]
    here: Here = Here()
    known: Known = NOTHING
    """Values that nobody is shown."""


def ask(
    question: hooks.Asked,
    gateway: Gateway,
    *,
    state: State,
    active: PolicySet | None,
    catalogue: Mapping[str, Tool],
    moment: Moment,
    holding: Holding,
    here: Here = Here(),
) -> Decided:
    """Decide what a hook asked. Raises `InputError` when the payload makes no request.

    `here` is what is known of the machine that the gateway runs on.
    """
    known = requester(question, gateway, state)
    made = Asking(
        gateway=gateway, active=active, catalogue=catalogue, here=here, known=moment.known
    )
    request = requested(question, known, made, state)
    return decide(
        request, state=state, active=active, moment=moment, holding=holding, edit=here.edit
    )


def edited(
    question: hooks.Asked, made: Asking, state: State, now: datetime
) -> tuple[hooks.Asked, Kept[Edit]] | None:
    """The question with what a person wrote instead, and that; None where nobody did."""
    if not EDITS.all(state):
        return None
    known = requester(question, made.gateway, state)
    request = requested(question, known, made, state)
    found = None if request.preview else standing(request.digest(), state, now)
    return (instead(question, found.value.arguments), found) if found else None


def requester(question: hooks.Asked, gateway: Gateway, state: State) -> Requester:
    """On whose behalf it is asked, as far as anybody said."""
    said = hooks.requester_of(question)
    run = scoped(gateway.name, question.trace.run)
    known = said if said is not NOBODY else state.requester(run) or NOBODY
    if known is NOBODY and question.hook is hooks.Hook.MESSAGE:
        # The sending of a reply carries no run. For whom it is done decides nothing there: what
        # may leave was decided with the reply, and is known again by its content.
        known = state.requester(scoped(gateway.name, question.trace.session)) or NOBODY
    return known


def requested(question: hooks.Asked, known: Requester, made: Asking, state: State) -> Request:
    """The request that a question means. Raises `InputError` when it means none."""
    gateway, active = made.gateway, made.active
    run, called = scoped(gateway.name, question.trace.run), None
    if question.hook is hooks.Hook.RESULT:
        called = state.permitted(scoped(gateway.name, question.trace.call), run)
    setting = hooks.Setting(
        gateway=gateway,
        workflow=active.workflow_of(gateway.name, question.agent) if active else None,
        catalogue=made.catalogue,
        requester=known,
        called=called.resource if called else "",
        workspace=made.here.workspace,
    )
    request = noticed(hooks.request(question, setting), called, setting.workflow, made.known)
    return replace(
        request,
        contained=made.here.launcher,
        facts=replace(request.facts, protected=made.here.protected),
    )
