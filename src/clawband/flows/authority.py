"""What a signed-in person may do in Clawband itself, and where: asked before every act.

Policy answers (`policy/library/console.cedar`), deny by default; what is marked there wants the
second factor shown again within `FRESH`. `where` is the environment of what the act is about. It
is empty for what belongs to none: that wants the role everywhere, so who does not say where asks
for the most.
"""

from datetime import timedelta

from clawband.identity.roles import Act
from clawband.model.access import Deny, Permit
from clawband.model.environments import ENVIRONMENTS
from clawband.model.errors import AuthenticationError, StepUpNeededError
from clawband.model.person import SignedIn
from clawband.policy import console
from clawband.policy.console import Standing

FRESH = timedelta(minutes=5)


def may(signed: SignedIn, act: Act, where: str = "") -> bool:
    """Also when it wants the second factor again: then `require` asks for it."""
    return isinstance(console.lifted(act, standing(signed, act), where), Permit)


def places(signed: SignedIn, act: Act) -> frozenset[str]:
    """The environments in which they may, and an empty name when they may everywhere."""
    return frozenset(each for each in ("", *ENVIRONMENTS) if may(signed, act, each))


def require_some(signed: SignedIn, act: Act) -> frozenset[str]:
    """What `places` says; raises what `require` raises when it is nowhere."""
    found = places(signed, act)
    if not found:
        require(signed, act)
    return found


def require(signed: SignedIn, act: Act, where: str = "") -> None:
    """Raises `StepUpNeededError` when showing the second factor again is all that is missing, else
    `AuthenticationError` with the reason and the roles that may."""
    told = decided(signed, act, where)
    if isinstance(told, Permit):
        return
    what, because = act.replace("-", " "), told.reasons[0].because
    if may(signed, act, where):
        raise StepUpNeededError(
            f"`{signed.name}` may not {what} yet: {because}", remedy=told.remedy
        )
    if told.reasons[0].policy == console.UNNAMED:
        because = f"it needs one of {', '.join(console.roles_for(act))}, held {_at(where)}"
    raise AuthenticationError(f"`{signed.name}` may not {what}: {because}", remedy=told.remedy)


def decided(signed: SignedIn, act: Act, where: str = "") -> Permit | Deny:
    """The answer of policy, with its reasons."""
    return console.answer(act, standing(signed, act), where)


def standing(signed: SignedIn, act: Act) -> Standing:
    """What policy sees of them for this act."""
    recent = signed.at and signed.proved and signed.at - signed.proved <= FRESH
    return Standing(
        roles=frozenset(str(role) for role in signed.operator.roles),
        assurance=signed.assurance,
        second_factor=signed.second_factor,
        fresh=bool(recent),
        service=signed.service,
        scope=str(act) in signed.scope,
        environment=signed.environment,
    )


def _at(where: str) -> str:
    return f"in {where} or everywhere" if where else "everywhere"
