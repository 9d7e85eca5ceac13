"""May X do Y? The answer of the same engine that decides when it happens, with its reason."""

from dataclasses import replace
from datetime import datetime

from clawband.flows import approve, may_call
from clawband.flows.may_call import Answer, Asked
from clawband.flows.who_can import MARK, Scene
from clawband.identity.roles import Act
from clawband.model.access import Deny, Permit, Reason
from clawband.model.errors import Error, InputError, NotFoundError
from clawband.model.person import Operator, Role, SignedIn
from clawband.policy import console
from clawband.policy.console import PROVED, Standing
from clawband.ports.store import Store


def may(asked: Asked, scene: Scene, store: Store, now: datetime) -> Answer:
    """Raises `NotFoundError` and `InputError`."""
    if "/" in asked.who:
        return may_call.agent(asked, scene, store)
    act = _act(asked.action)
    if asked.who in scene.keys:
        scope = str(act) in scene.keys[asked.who]
        told = console.answer(act, Standing(roles=frozenset(), service=True, scope=scope))
        return _answer(act, told, ("its key",) if isinstance(told, Permit) else ())
    found = {each.name: each for each in scene.people}.get(asked.who)
    if found is None:
        raise NotFoundError(
            f"nobody here is called `{asked.who[:60]}`",
            remedy="name an operator, `service:ACCOUNT`, or an agent as GATEWAY/AGENT",
        )
    roles = frozenset(map(str, found.roles)) | scene.lent.get(found.name, frozenset())
    if act is Act.DECIDE_APPROVAL:
        roles |= {str(role) for each in scene.away.get(found.name, ()) for role in each.roles}
    own = Standing(roles=roles, second_factor=True)
    told, lifted = console.answer(act, own), console.lifted(act, own)
    if isinstance(lifted, Permit) and act is Act.DECIDE_APPROVAL and asked.resource:
        lent = frozenset(map(Role, scene.lent.get(found.name, ())))
        held = replace(found, roles=found.roles | lent)
        if refusal := _this_one(asked.resource, held, store, now):
            return refusal
    return _answer(act, lifted, () if isinstance(told, Permit) or lifted == told else (MARK,))


def _answer(act: Act, told: Permit | Deny, terms: tuple[str, ...]) -> Answer:
    if isinstance(told, Deny):
        remedy = told.remedy
        if told.reasons[0].policy == console.UNNAMED:
            remedy = f"it needs one of the roles {', '.join(console.roles_for(act))}"
        return Answer(verdict="no", reasons=told.reasons, remedy=remedy)
    return Answer(verdict="if" if terms else "yes", reasons=told.reasons, terms=terms)


def _act(name: str) -> Act:
    try:
        return Act(name)
    except ValueError as error:
        raise InputError(
            f"expected one of {', '.join(Act)}, got `{name[:40]}`",
            remedy="name what a person can do in Clawband",
        ) from error


def _this_one(id: str, by: Operator, store: Store, now: datetime) -> Answer | None:
    """Why they may not approve exactly this, such as that they asked for it."""
    approval = approve.find(id, store)
    signed = SignedIn(operator=by, assurance=PROVED, session="", at=now)
    try:
        approve.agreed(approval, signed, store, now)
    except Error as error:
        reason = Reason("approvals/lifecycle", error.message)
        return Answer(verdict="no", reasons=(reason,), remedy=error.remedy)
    return None
