"""May X do Y? The answer of the same engine that decides when it happens, with its reason."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from clawband.flows import approve, may_call
from clawband.flows.may_call import Answer, Asked
from clawband.flows.sight import where
from clawband.flows.who_can import MARK, Scene, keyed
from clawband.identity.roles import Act
from clawband.model.access import Deny, Permit, Reason
from clawband.model.environments import ENVIRONMENTS
from clawband.model.errors import Error, InputError, NotFoundError
from clawband.model.person import Held, Operator, SignedIn
from clawband.policy import console
from clawband.policy.console import PROVED, Standing
from clawband.ports.store import Store

Ask = Callable[[str], tuple[Permit | Deny, tuple[str, ...]]]
"""The answer in an environment, with what must come first."""
KEY = ("its key",)


def may(asked: Asked, scene: Scene, store: Store, now: datetime) -> Answer:
    """Raises `NotFoundError` and `InputError`."""
    if "/" in asked.who:
        return may_call.agent(asked, scene, store)
    act = _act(asked.action)
    at = _where(act, asked.resource, scene, store)
    some = not asked.resource
    if asked.who in scene.keys:
        acts = scene.keys[asked.who]
        return _answer(
            act, at, lambda where: (console.answer(act, keyed(acts, act, where), where), KEY), some
        )
    found = {each.name: each for each in scene.people}.get(asked.who)
    if found is None:
        raise NotFoundError(
            f"nobody here is called `{asked.who[:60]}`",
            remedy="name an operator, `service:ACCOUNT`, or an agent as GATEWAY/AGENT",
        )
    held = found.roles | scene.lent.get(found.name, frozenset())
    away = scene.away.get(found.name, ()) if act is Act.DECIDE_APPROVAL else ()
    answer = _answer(act, at, _of_person(act, held.union(*(each.roles for each in away))), some)
    one = act is Act.DECIDE_APPROVAL and asked.resource not in ("", *ENVIRONMENTS)
    if answer.verdict != "no" and one:
        return _this_one(asked.resource, replace(found, roles=held), store, now, at) or answer
    return answer


def _of_person(act: Act, roles: frozenset[Held]) -> Ask:
    own = Standing(roles=frozenset(map(str, roles)), second_factor=True)

    def ask(where: str) -> tuple[Permit | Deny, tuple[str, ...]]:
        told, lifted = console.answer(act, own, where), console.lifted(act, own, where)
        return lifted, () if isinstance(told, Permit) or lifted == told else (MARK,)

    return ask


def _answer(act: Act, where: str, ask: Ask, some: bool) -> Answer:
    """`some`: nothing in particular is asked about, so one environment is a yes with its terms."""
    told, terms = ask(where)
    only = [each for each in ENVIRONMENTS if isinstance(ask(each)[0], Permit)] if some else []
    if isinstance(told, Deny) and only:
        told, terms = ask(only[0])
        terms = (f"only in {' and '.join(only)}", *terms)
    if isinstance(told, Deny):
        remedy = told.remedy
        if told.reasons[0].policy == console.UNNAMED:
            remedy = f"it needs one of the roles {', '.join(console.roles_for(act))}"
        return Answer(verdict="no", reasons=told.reasons, remedy=remedy)
    return Answer(verdict="if" if terms else "yes", reasons=told.reasons, terms=terms)


def _where(act: Act, resource: str, scene: Scene, store: Store) -> str:
    """The environment that is asked about: named itself, or that of a gateway, agent, approval."""
    if resource in ENVIRONMENTS:
        return resource
    if act is Act.DECIDE_APPROVAL and resource:
        resource = approve.find(resource, store).agent
    return where(resource, scene.gateways)


def _act(name: str) -> Act:
    try:
        return Act(name)
    except ValueError as error:
        raise InputError(
            f"expected one of {', '.join(Act)}, got `{name[:40]}`",
            remedy="name what a person can do in Clawband",
        ) from error


def _this_one(id: str, by: Operator, store: Store, now: datetime, where: str) -> Answer | None:
    """Why they may not approve exactly this, such as that they asked for it."""
    approval = approve.find(id, store)
    signed = SignedIn(operator=by, assurance=PROVED, session="", at=now)
    try:
        approve.agreed(approval, signed, store, now, where)
    except Error as error:
        reason = Reason("approvals/lifecycle", error.message)
        return Answer(verdict="no", reasons=(reason,), remedy=error.remedy)
    return None
