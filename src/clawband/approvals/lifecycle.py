"""An approval's life: pending, then granted or refused or expired; granted, then spent or expired,
or pending again when who granted it no longer may.

Only these arrows exist. Each function takes a value and returns a new one, or raises
`ConflictError` when the arrow does not exist from where the approval is now.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from clawband.model.access import ApprovalFact, Requirement
from clawband.model.approval import Approval, ApprovalState, Grant
from clawband.model.errors import AuthenticationError, ConflictError, InputError
from clawband.model.person import Held, Operator

OPEN = frozenset({ApprovalState.PENDING, ApprovalState.GRANTED})
MAX_NOTE = 2_000


def grant(
    approval: Approval,
    by: Operator,
    *,
    assurance: int,
    now: datetime,
    instead_of: Operator | None = None,
    chat: str = "",
) -> Approval:
    """Add one person's yes; the approval is granted once its requirements are met.

    `instead_of` is who is away and whose roles count then: the two are one person in this. `chat`
    is where it was said, if that was no sign-in.

    Raises `AuthenticationError` when this person may not: the asker under any alias, somebody
    who already agreed, somebody without a role that counts or not strongly enough signed in.
    """
    _expect(approval, ApprovalState.PENDING, now)
    _not_the_asker(approval, by)
    holder = instead_of or by
    _not_the_asker(approval, holder)
    if any({by.name, holder.name} & {given.by, given.instead_of} for given in approval.grants):
        raise ConflictError(
            f"`{by.name}` already agreed to `{approval.id}`",
            remedy="another person must agree too",
        )
    roles = frozenset(str(role) for role in holder.roles)
    mine = Grant(by.name, roles, assurance, now, instead_of.name if instead_of else "", chat)
    if not any(_counts(mine, requirement) for requirement in approval.requirements):
        wanted = ", ".join(describe(requirement) for requirement in approval.requirements)
        raise AuthenticationError(
            f"`{by.name}` may not approve `{approval.id}`: it needs {wanted}",
            remedy="ask somebody who holds that role",
        )
    grants = (*approval.grants, mine)
    if any(_met(requirement, grants) for requirement in approval.requirements):
        return replace(approval, grants=grants, state=ApprovalState.GRANTED)
    return replace(approval, grants=grants)


def suffices(approval: Approval, roles: frozenset[Held], assurance: int) -> bool:
    """Whether a yes with these roles would count."""
    given = Grant("", frozenset(str(role) for role in roles), assurance, approval.opened)
    return any(_counts(given, requirement) for requirement in approval.requirements)


def cover(approval: Approval, by: Operator, *, assurance: int, now: datetime) -> Approval:
    """A yes that is used at once: an endorsement permits the request instead, now and later.

    Nothing is left to spend, so that nothing outlives the endorsement. Raises what `grant`
    raises, and `ConflictError` when more people than this one must agree.
    """
    granted = grant(approval, by, assurance=assurance, now=now)
    if granted.state is not ApprovalState.GRANTED:
        raise ConflictError(
            f"`{approval.id}` needs more people than `{by.name}`",
            remedy="approve it by itself; nothing was changed",
        )
    return replace(granted, state=ApprovalState.SPENT, closed=now, closed_by=by.name)


def covered(approval: Approval) -> bool:
    """Whether an endorsement took its place; what was spent by a permit names nobody."""
    return approval.state is ApprovalState.SPENT and bool(approval.closed_by)


def rewrite(
    approval: Approval,
    request: str,
    *,
    payload: str,
    requirements: tuple[Requirement, ...],
    now: datetime,
) -> Approval:
    """Bind it to what a person wrote instead. Who agreed before agreed to something else."""
    _expect(approval, ApprovalState.PENDING, now)
    return replace(approval, request=request, payload=payload, requirements=requirements, grants=())


def refuse(approval: Approval, by: Operator, *, note: str, now: datetime) -> Approval:
    """Say no, with a reason that the asker may read."""
    _expect(approval, ApprovalState.PENDING, now)
    if len(note) > MAX_NOTE:
        raise InputError(
            f"the reason has {len(note)} characters, expected at most {MAX_NOTE}",
            remedy="shorten the reason",
        )
    return replace(approval, state=ApprovalState.REFUSED, closed=now, closed_by=by.name, note=note)


def expire(approval: Approval, *, now: datetime) -> Approval:
    """Close an open approval whose time is over."""
    if approval.state not in OPEN or now < approval.expires:
        raise ConflictError(f"`{approval.id}` has not expired")
    return replace(approval, state=ApprovalState.EXPIRED, closed=now)


def spend(approval: Approval, request: str, *, now: datetime) -> Approval:
    """Use a granted approval, once, for exactly the request it is bound to."""
    _expect(approval, ApprovalState.GRANTED, now)
    if approval.request != request:
        raise ConflictError(
            f"`{approval.id}` is bound to another request", remedy="ask for a new approval"
        )
    return replace(approval, state=ApprovalState.SPENT, closed=now)


def lapsed(approval: Approval, roles: Callable[[Grant], frozenset[str]]) -> Approval:
    """The approval without what its grants no longer stand on: the roles they have now.

    The same value when nothing changed. One that was granted and now lacks somebody waits again.
    """
    held = tuple(replace(given, roles=given.roles & roles(given)) for given in approval.grants)
    kept = tuple(
        given for given in held if any(_counts(given, each) for each in approval.requirements)
    )
    if kept == approval.grants or approval.state is not ApprovalState.GRANTED:
        return approval
    if any(_met(requirement, kept) for requirement in approval.requirements):
        return replace(approval, grants=kept)
    return replace(approval, grants=kept, state=ApprovalState.PENDING)


def usable(approval: Approval | None, request: str, *, now: datetime) -> Approval | None:
    """The approval if it can lift this request right now, else None."""
    if approval is None or approval.state is not ApprovalState.GRANTED:
        return None
    if approval.request != request or now >= approval.expires:
        return None
    return approval


def fact(approval: Approval) -> ApprovalFact:
    """What policy sees of a granted approval.

    Only people who count towards the same requirement are counted together, and the strength
    is that of the weakest of them.
    """
    for requirement in approval.requirements:
        if not _met(requirement, approval.grants):
            continue
        counted = [given for given in approval.grants if _counts(given, requirement)]
        return ApprovalFact(
            frozenset({requirement.role}),
            len({given.by for given in counted}),
            min(given.assurance for given in counted),
        )
    return ApprovalFact(frozenset(), 0, 0)


def describe(requirement: Requirement) -> str:
    """`2 people with role approver, signed in at AAL2`."""
    people = "somebody" if requirement.people == 1 else f"{requirement.people} people"
    strength = f", signed in at AAL{requirement.assurance}" if requirement.assurance > 1 else ""
    return f"{people} with role {requirement.role}{strength}"


def missing(approval: Approval) -> list[str]:
    """Who still has to say yes, one of these: `somebody with role approver`."""
    return [
        describe(replace(each, people=each.people - _people(each, approval.grants)))
        for each in approval.requirements
        if not _met(each, approval.grants)
    ]


def parked(approval: Approval, now: datetime) -> bool:
    """The call no longer waits in the enforcement point; it runs when it is asked again."""
    return approval.state is ApprovalState.PENDING and now >= approval.wait_until


def _expect(approval: Approval, state: ApprovalState, now: datetime) -> None:
    if approval.state is not state:
        raise ConflictError(
            f"`{approval.id}` is {approval.state}, expected {state}",
            remedy="reload and look at what happened to it",
        )
    if now >= approval.expires:
        raise ConflictError(
            f"`{approval.id}` expired at {approval.expires.isoformat(timespec='seconds')}",
            remedy="let the agent ask again",
        )


def _not_the_asker(approval: Approval, by: Operator) -> None:
    if approval.asker == by.name or approval.asker in by.aliases:
        raise AuthenticationError(
            f"`{by.name}` asked for `{approval.id}` and can never approve it",
            remedy="somebody else must decide",
        )


def _counts(given: Grant, requirement: Requirement) -> bool:
    return requirement.role in given.roles and given.assurance >= requirement.assurance


def _met(requirement: Requirement, grants: tuple[Grant, ...]) -> bool:
    return _people(requirement, grants) >= requirement.people


def _people(requirement: Requirement, grants: tuple[Grant, ...]) -> int:
    """How many count towards it."""
    return len({given.by for given in grants if _counts(given, requirement)})
