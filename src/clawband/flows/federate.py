"""Sign in whom the provider vouches for, and sign out whom it has signed out.

An account is found by issuer and subject, never by a name or a mail address: those change hands.
Whoever comes for the first time gets an account of their own, with the roles of their groups;
an account that was there before is connected by its owner, signed in.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from clawband.flows.credentials import INVITED
from clawband.flows.in_turn import in_turn
from clawband.flows.kept import Kept, Kind
from clawband.flows.links import LINK, Link, of
from clawband.flows.once import index, once
from clawband.flows.sessions import SESSION, Vouched, enter, happened, renew
from clawband.flows.sign_in import NAME, refuse_clash
from clawband.identity.assurance import Method
from clawband.identity.oidc_claims import LEEWAY, Ended, Known
from clawband.identity.session import LIFE, Seen
from clawband.model.errors import AuthenticationError, ConflictError, NotFoundError
from clawband.model.event import Event, Tag
from clawband.model.person import Held, Operator, Role, SignedIn
from clawband.ports.registry import Registry
from clawband.ports.unit import Change, CloseSession, PutOperator, Unit

EVENT_ENTROPY = 74
"""Where the entropy begins that a sign-in leaves for a second event."""
_ODD = re.compile(r"[^a-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """Whose session it is at the provider; its id is the digest of issuer and `sid`."""

    name: str
    until: datetime


THERE = Kind("openid-session", There)


@dataclass(frozen=True, slots=True)
class Refused:
    """Nobody comes in. `unit` records it, and takes away what the provider no longer gives."""

    error: AuthenticationError
    unit: Unit


def arrive(
    known: Known,
    roles: frozenset[Held],
    seen: Seen,
    *,
    registry: Registry,
    now: datetime,
    entropy: bytes,
) -> tuple[str, Unit] | Refused:
    """A bearer secret and the unit that makes it valid. `roles`: those of their groups.

    Raises `ConflictError` when the account they would get is somebody's already.
    """
    turn = in_turn(registry)
    link = LINK.find(index(known.issuer, known.subject), registry)
    account = _account(link, registry)
    if not roles:
        refused = _without_group(link, account, registry, now, entropy)
        refused.unit.changes += [turn] if refused.unit.changes else []
        return refused
    if link and account is None:
        return _refused(
            link.value.name, "their account was removed here",
            "have an administrator run `clawband sso forget`, then sign in again", now, entropy,
        )  # fmt: skip
    if link and account:
        name, before = link.value.name, _kept_up(link.value, account, roles, registry, now, entropy)
    else:
        name, before = _newcomer(known, roles, registry, now, entropy)
    # They may have been signed in there for hours: what was shown then is not shown now.
    vouched = Vouched(2 if known.two_factors else 1, known.at)
    secret, unit = enter(
        name, Method.OPENID, seen, known=registry, now=now, entropy=entropy, vouched=vouched
    )
    after = [*_there(known, name, registry, now), *([turn] if before.changes else [])]
    return secret, Unit(before.events + unit.events, before.changes + unit.changes + after)


def connect(
    known: Known, signed: SignedIn, *, registry: Registry, now: datetime, entropy: bytes
) -> Unit:
    """Let the owner of an account sign in to it with this provider, too.

    Raises `ConflictError` when this person of the provider has an account, and when the account
    has a person: roles that a group gives must end with the membership of that person.
    """
    turn = in_turn(registry)
    if of(signed.operator, registry):
        raise ConflictError(
            f"`{signed.name}` is connected already",
            remedy="have an administrator run `clawband sso forget` for it first",
        )
    person = index(known.issuer, known.subject)
    was = LINK.find(person, registry)
    if was:
        raise ConflictError(
            f"they sign in as `{was.value.name}` already",
            remedy="have an administrator run `clawband sso forget` for that account first",
        )
    link = Link(
        issuer=known.issuer, subject=known.subject, name=signed.name,
        account=signed.operator.added, managed=False,
    )  # fmt: skip
    detail = {"issuer": known.issuer, "subject": known.subject}
    event = happened(
        Tag.CREDENTIAL_ADD, signed.name, signed.name, "single sign-on",
        now=now, entropy=entropy, detail=detail,
    )  # fmt: skip
    return Unit([event], [LINK.new(person, link), turn])


def prove(
    known: Known,
    signed: SignedIn,
    begun: datetime,
    *,
    registry: Registry,
    now: datetime,
    entropy: bytes,
) -> tuple[str, Unit]:
    """The sign-in of `signed` under a fresh secret, after the provider asked them again.

    Raises `AuthenticationError` for somebody else, for one factor, and where the provider does not
    say that it asked since `begun`.
    """
    link = LINK.find(index(known.issuer, known.subject), registry)
    same = link and (link.value.name, link.value.account) == (signed.name, signed.operator.added)
    late = known.at is None or known.at < begun - LEEWAY
    wrong = (
        "somebody else signed in there" if not same
        else "it vouches for one factor only" if not known.two_factors
        else "it did not ask again" if late else ""
    )  # fmt: skip
    if wrong:
        raise AuthenticationError(
            f"the provider proved nothing: {wrong}",
            remedy="try again, or prove it with a passkey or a code",
        )
    vouched = Vouched(2, known.at)
    return renew(signed, Method.OPENID, known=registry, now=now, entropy=entropy, vouched=vouched)


def forget(name: str, *, by: str, documents: Registry, now: datetime, entropy: bytes) -> Unit:
    """Disconnect an account. Raises `NotFoundError` when it is connected to nobody."""
    found = [each for each in LINK.all(documents) if each.value.name == name]
    if not found:
        raise NotFoundError(
            f"`{name[:40]}` is connected to no single sign-on", remedy="see `clawband sso list`"
        )
    event = happened(Tag.CREDENTIAL_REMOVE, by, name, "single sign-on", now=now, entropy=entropy)
    return Unit([event], [LINK.drop(each) for each in found])


def ended(over: Ended, *, registry: Registry, now: datetime, entropy: bytes) -> Unit:
    """End every sign-in of whose session is over at the provider.

    Also those that did not begin there: a provider says this when somebody has left, too. Raises
    `AuthenticationError` for a logout token that was used before.
    """
    used = once("logout", over.issuer, over.id, until=over.until, documents=registry)
    link = LINK.find(index(over.issuer, over.subject), registry) if over.subject else None
    there = THERE.find(index(over.issuer, over.session), registry) if over.session else None
    names = {each.value.name for each in (link, there) if each}
    open_ones = [each for each in SESSION.all(registry) if each.value.operator in names]
    changes: list[Change] = [used, *(CloseSession(each.id) for each in open_ones)]
    changes += [THERE.drop(there)] if there else []
    events = [
        happened(
            Tag.SESSION_REVOKE, "", name, "signed out by the provider", now=now,
            entropy=number.to_bytes(1, "big") + entropy, detail={"ended": len(open_ones)},
        )
        for number, name in enumerate(sorted(names))
    ]  # fmt: skip
    return Unit(events, changes)


def swept(documents: Registry, now: datetime) -> list[Change]:
    """What forgets sessions of the provider that nobody has here any more."""
    return [THERE.drop(each) for each in THERE.all(documents) if each.value.until <= now]


def _account(link: Kept[Link] | None, registry: Registry) -> tuple[Operator, str] | None:
    found = registry.operator(link.value.name) if link else None
    return found if found and link and found[0].added == link.value.account else None


def _kept_up(
    link: Link,
    account: tuple[Operator, str],
    roles: frozenset[Held],
    registry: Registry,
    now: datetime,
    entropy: bytes,
) -> Unit:
    """The roles of now, which end the sign-ins with the old ones."""
    operator, password = account
    if not link.managed or operator.roles == roles:
        return Unit()
    refuse_clash(operator.name, roles, operator.aliases, registry)
    event = _roles(Tag.OPERATOR_CHANGE, operator.name, "changed", roles, now, entropy)
    return Unit([event], [PutOperator(replace(operator, roles=roles), password)])


def _newcomer(
    known: Known, roles: frozenset[Held], registry: Registry, now: datetime, entropy: bytes
) -> tuple[str, Unit]:
    name = suggested(known)
    aliases = frozenset({known.mail}) if known.mail else frozenset()
    if registry.operator(name):
        raise ConflictError(
            f"there is an account `{name}` already",
            remedy="sign in to it and connect single sign-on there, on the page about you",
        )
    refuse_clash(name, roles, aliases, registry)
    operator = Operator(name=name, roles=roles, aliases=aliases, added=now)
    link = Link(issuer=known.issuer, subject=known.subject, name=name, account=now, managed=True)
    changes: list[Change] = [
        PutOperator(operator, ""),
        LINK.new(index(known.issuer, known.subject), link),
    ]
    if INVITED.find(name, registry) is None:
        # Where the provider vouches for one factor only, privileged roles wait for a second here.
        changes.append(INVITED.new(name, True))
    event = _roles(Tag.OPERATOR_ADD, name, "added", roles, now, entropy)
    return name, Unit([event], changes)


def suggested(known: Known) -> str:
    """An account name for a newcomer; it identifies nobody."""
    wanted = known.name or known.mail
    name = _ODD.sub("-", wanted.partition("@")[0].lower()).strip("-._")[:32]
    return name if NAME.fullmatch(name) else f"sso-{index(known.issuer, known.subject)[:8]}"


def _without_group(
    link: Kept[Link] | None,
    account: tuple[Operator, str] | None,
    registry: Registry,
    now: datetime,
    entropy: bytes,
) -> Refused:
    """No group gives a role: what the account has from the provider ends as well."""
    refused = _refused(
        link.value.name if link else "", "none of their groups may use Clawband",
        "ask for a group that `[openid.roles]` names", now, entropy,
    )  # fmt: skip
    if link and account and link.value.managed:
        operator, password = account
        admins = [each.name for each in registry.operators() if Role.ADMIN in each.roles]
        # The last administrator stays one, and is signed out like everybody else.
        left = operator.roles if admins == [operator.name] else frozenset[Held]()
        refused.unit.changes.append(PutOperator(replace(operator, roles=left), password))
    return refused


def _refused(name: str, why: str, remedy: str, now: datetime, entropy: bytes) -> Refused:
    event = happened(
        Tag.SESSION_REFUSE, name, name, "refused", now=now, entropy=entropy, detail={"why": why}
    )
    message = f"single sign-on is refused: {why}"
    return Refused(AuthenticationError(message, remedy=remedy), Unit([event]))


def _there(known: Known, name: str, registry: Registry, now: datetime) -> list[Change]:
    if not known.session:
        return []
    there, fresh = index(known.issuer, known.session), There(name=name, until=now + LIFE)
    was = THERE.find(there, registry)
    return [THERE.replace(was, fresh) if was else THERE.new(there, fresh)]


def _roles(
    tag: Tag, name: str, outcome: str, roles: frozenset[Held], now: datetime, entropy: bytes
) -> Event:
    detail = {"roles": sorted(str(role) for role in roles)}
    return happened(
        tag, "single sign-on", name, outcome,
        now=now, entropy=entropy[EVENT_ENTROPY:], detail=detail,
    )  # fmt: skip
