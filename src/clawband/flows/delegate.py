"""Stand in for somebody who is away: add, end, and find who stands in for whom."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from clawband.approvals.delegation import Delegation, check
from clawband.audit.entry import stamp
from clawband.flows.authority import places, require, require_some
from clawband.flows.chats import holds
from clawband.flows.elevate import active
from clawband.flows.kept import Kept, Kind
from clawband.identity.roles import Act
from clawband.model import ids
from clawband.model.approval import Grant
from clawband.model.errors import AuthenticationError, InputError
from clawband.model.event import Event, Tag
from clawband.model.person import Operator, SignedIn
from clawband.openclaw import validation
from clawband.ports.store import Documents, Holders
from clawband.ports.unit import Unit

KIND = Kind("delegation", Delegation)
"""By the name of who is away."""


class People(Holders, Documents, Protocol):
    """Accounts, and what is kept about them."""


def away(name: str, people: People, now: datetime) -> Iterator[Operator]:
    """For whom this person stands in at `now`, with the roles of their accounts."""
    for each in KIND.all(people):
        giver = people.person(each.value.giver)
        # An account that was made anew gave nothing.
        if each.value.to == name and each.value.holds(now) and giver:
            if giver.added <= each.value.added:
                yield giver


def given_to(signed: SignedIn, people: People, now: datetime) -> Iterator[Operator]:
    """For whom they stand in; for nobody while their own privileged roles would be held back."""
    if not signed.held_back:
        yield from away(signed.name, people, now)


def acting(signed: SignedIn, people: People, now: datetime) -> SignedIn:
    """With the roles of those they stand in for: to ask whether they decide approvals at all."""
    if signed.service:
        return signed
    lent = [each.roles for each in given_to(signed, people, now)]
    roles = signed.operator.roles.union(*lent)
    return replace(signed, operator=replace(signed.operator, roles=roles))


def roles(given: Grant, people: People, now: datetime, *, chat: bool) -> frozenset[str]:
    """What who agreed, or whom they stood in for, holds now; nothing once either has no account.

    What was said in a chat counts while that is theirs, and while `chat` says that it is taken.
    """
    by, giver = people.person(given.by), people.person(given.instead_of)
    if by is None or (given.instead_of and giver is None):
        return frozenset()
    if given.chat and not (chat and holds(given.chat, by, people)):
        return frozenset()
    held = giver.roles if giver else by.roles | active(by, people, now)
    return frozenset(str(role) for role in held)


def add(wanted: Delegation, by: SignedIn, *, people: People, now: datetime, entropy: bytes) -> Unit:
    """Let `wanted.to` decide for `by`, in place of whoever did before.

    Raises `InputError`, and `AuthenticationError` for who has no say themselves, or whose stand-in
    may not read what is decided.
    """
    own = _own(by, people)
    decides = require_some(own, Act.DECIDE_APPROVAL)
    checked = replace(wanted, giver=by.name, purpose=validation.visible(wanted.purpose.strip()))
    check(checked)
    to = people.person(checked.to)
    if to is None:
        raise InputError(
            f"there is no operator `{checked.to[:40]}`",
            remedy="list them with `clawband operator list`",
        )
    if not decides <= places(replace(by, operator=to), Act.READ_PAYLOAD):
        raise AuthenticationError(
            f"`{to.name}` may not read what is decided",
            remedy="choose somebody who may read exact arguments",
        )
    found = KIND.find(by.name, people)
    put = KIND.replace(found, checked) if found else KIND.new(by.name, checked)
    return Unit([_event(Tag.DELEGATION_ADD, checked, by.name, "added", now, entropy)], [put])


def end(giver: str, by: SignedIn, *, people: People, now: datetime, entropy: bytes) -> Unit:
    """Raises `NotFoundError`; who gave it, who has it and administrators may end it."""
    found = KIND.get(giver, people, "list them with `clawband delegate list`")
    if by.name not in (found.value.giver, found.value.to):
        require(by, Act.ADMINISTER)
    return _ended(found, by.name, "ended", now, entropy)


def over(people: People, *, now: datetime, entropy: bytes) -> Sequence[Unit]:
    """End those whose time is over, each in a unit of its own."""
    found = [each for each in KIND.all(people) if now >= each.value.until]
    return [
        _ended(each, "", "over", now, number.to_bytes(2, "big") + entropy)
        for number, each in enumerate(found)
    ]


def _own(by: SignedIn, people: People) -> SignedIn:
    """With the roles of the account only: nobody passes on what was lent to them."""
    found = people.person(by.name)
    own = found.roles if found else frozenset()
    return replace(by, operator=replace(by.operator, roles=own))


def _ended(found: Kept[Delegation], who: str, outcome: str, now: datetime, entropy: bytes) -> Unit:
    event = _event(Tag.DELEGATION_END, found.value, who, outcome, now, entropy)
    return Unit([event], [KIND.drop(found)])


def _event(
    tag: Tag, value: Delegation, who: str, outcome: str, now: datetime, entropy: bytes
) -> Event:
    return Event(
        id=ids.new("evt", now, entropy),
        at=now,
        tag=tag,
        who=who,
        resource=f"Operator::{value.to}",
        outcome=outcome,
        detail={
            "giver": value.giver,
            "to": value.to,
            "start": stamp(value.start),
            "until": stamp(value.until),
            "purpose": value.purpose,
        },
    )
