"""A question from the plugin, from its words to an answer ready to be committed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from clawband.flows.decide import Decided, Moment, decide
from clawband.flows.hold import Holding
from clawband.flows.notice import noticed
from clawband.model.access import NOBODY, scoped
from clawband.model.deployment import Gateway, Tool
from clawband.openclaw import hooks
from clawband.policy.sets import PolicySet
from clawband.ports.store import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What is known of the machine that a gateway runs on."""

    workspace: str = ""
    """The folder of the asking agent, as the gateway told it."""
    protected: frozenset[str] = frozenset()
    """What the question's paths lead to there, of what only the gateway and its guard may touch."""
    launcher: bool = False
    """Permitted commands can be started through our launcher."""


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
    said = hooks.requester_of(question)
    run = scoped(gateway.name, question.trace.run)
    known = said if said is not NOBODY else state.requester(run) or NOBODY
    if known is NOBODY and question.hook is hooks.Hook.MESSAGE:
        # The sending of a reply carries no run. For whom it is done decides nothing there: what
        # may leave was decided with the reply, and is known again by its content.
        known = state.requester(scoped(gateway.name, question.trace.session)) or NOBODY
    called = None
    if question.hook is hooks.Hook.RESULT:
        called = state.permitted(scoped(gateway.name, question.trace.call), run)
    setting = hooks.Setting(
        gateway=gateway,
        workflow=active.workflow_of(gateway.name, question.agent) if active else None,
        catalogue=catalogue,
        requester=known,
        called=called.resource if called else "",
        workspace=here.workspace,
    )
    request = noticed(hooks.request(question, setting), called, setting.workflow)
    request = replace(
        request,
        contained=here.launcher,
        facts=replace(request.facts, protected=here.protected),
    )
    return decide(request, state=state, active=active, moment=moment, holding=holding)
