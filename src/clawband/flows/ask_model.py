"""A prompt on its way to a model: what of it may go, and whether it may be asked at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clawband.flows.decide import Decided, Moment, decide, refused
from clawband.flows.hold import Holding
from clawband.flows.record import about
from clawband.labels.classify import Found
from clawband.labels.covering import Covered, cover
from clawband.model import ids
from clawband.model.access import (
    GATEWAY,
    NOBODY,
    Action,
    Deny,
    Facts,
    Hold,
    Permit,
    Principal,
    Reason,
    Request,
    Resource,
    ResourceKind,
    Trace,
    scoped,
)
from clawband.model.deployment import Gateway, Models, Price
from clawband.model.digest import Json
from clawband.model.errors import InputError
from clawband.model.event import Event, Tag
from clawband.policy.sets import PolicySet
from clawband.ports.store import State

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a gateway wants to ask a model. `found` is what classifiers see in each text."""

    provider: str
    model: str
    region: str
    kind: str
    """`chat` or `embeddings`."""
    size: int
    digest: str
    """Of the body as the gateway sent it."""
    texts: Sequence[str]
    found: Sequence[Sequence[Found]]
    offered: int
    """How many tools the model may call."""

    @property
    def name(self) -> str:
        return f"{self.provider}/{self.model}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: an agent in an admitted run, or the gateway itself, outside of all of them."""

    gateway: Gateway
    agent: str = GATEWAY
    session: str = ""
    run: str = ""
    trace: str = ""
    governed: bool = True


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answer, as the provider counts them; `cached` ones are part of `input`."""

    input: int = 0
    output: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A decided question. `covered` holds the texts that may go, and how to read the answer."""

    question: Question
    caller: Caller
    decided: Decided
    covered: Covered

    @property
    def permitted(self) -> bool:
        return isinstance(self.decided.decision, Permit)

    @property
    def refusal(self) -> str:
        """Why not, what would change it, under which id."""
        decision, name = self.decided.decision, self.decided.id
        if isinstance(decision, Hold):
            return f"a person must agree first: `{decision.approval}` ({name})"
        remedy = decision.remedy if isinstance(decision, Deny) else ""
        because = decision.reasons[0].because
        return f"{because}{'. ' + remedy if remedy else ''} ({name})"


def ask_model(
    question: Question,
    caller: Caller,
    *,
    state: State,
    active: PolicySet | None,
    moment: Moment,
    holding: Holding,
    secret: bytes,
) -> Asked:
    """Cover what policy says, then decide about what is left. `secret` belongs to the session."""
    gateway = caller.gateway
    workflow = active.workflow_of(gateway.name, caller.agent) if active else None
    models = workflow.models if workflow else Models()
    request = _request(question, caller, workflow.name if workflow else "", state)
    try:
        covered = cover(
            question.texts, question.found,
            mask=models.mask, pseudonymise=models.pseudonymise, secret=secret,
        )  # fmt: skip
    except InputError as error:
        reason = Reason("clawband/input", error.message)
        denied = refused(request, reason, error.remedy, moment)
        return Asked(question, caller, denied, Covered(()))
    request = _request(question, caller, request.workflow, state, covered)
    decided = decide(request, state=state, active=active, moment=moment, holding=holding)
    return Asked(question, caller, decided, covered)


def finished(
    decided: Decided, usage: Usage, price: Price | None, outcome: str, detail: dict[str, Json],
    *, now: datetime, entropy: bytes,
) -> Event:  # fmt: skip
    """What became of a permitted question. `cost` counts millionths of a minor unit."""
    counted: dict[str, Json] = {
        "input": usage.input, "output": usage.output, "cached": usage.cached,
        "cost": cost(usage, price) if price else None,
    }  # fmt: skip
    return Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=Tag.MODEL_FINISH,
        outcome=outcome,
        cause=decided.id,
        detail={key: value for key, value in (counted | detail).items() if value is not None},
        **about(decided.request),
    )


def cost(usage: Usage, price: Price) -> int:
    """In millionths of a minor unit."""
    fresh = max(usage.input - usage.cached, 0)
    return fresh * price.input + usage.cached * price.cached + usage.output * price.output


def _request(
    question: Question, caller: Caller, workflow: str, state: State, covered: Covered | None = None
) -> Request:
    name, gateway = question.name, caller.gateway
    arguments: dict[str, Json] = {"model": name, "kind": question.kind, "body": question.digest}
    if covered:
        arguments |= {"masked": covered.masked, "pseudonyms": len(covered.pseudonyms.real)}
    return Request(
        principal=Principal(gateway.name, caller.agent),
        requester=state.requester(scoped(gateway.name, caller.run)) or NOBODY,
        action=Action.ASK_MODEL,
        resource=Resource(ResourceKind.MODEL, name),
        environment=gateway.environment,
        workflow=workflow,
        arguments=arguments,
        facts=Facts(
            size=question.size,
            tags=covered.tags if covered else frozenset(),
            region=question.region,
            offered=question.offered,
        ),
        trace=Trace(session=caller.session, run=caller.run, trace=caller.trace),
        governed=caller.governed,
    )
