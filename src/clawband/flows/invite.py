"""Links that are good once: one makes an account, one gives the owner of an account a way in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clawband.flows import chats, credentials, delegate, mailbox, sign_in
from clawband.flows.in_turn import in_turn
from clawband.flows.kept import Kept, Kind
from clawband.flows.links import LINK
from clawband.flows.sessions import happened
from clawband.identity.passkeys import Registered
from clawband.identity.session import SECRET_BYTES, stored
from clawband.model.digest import Json
from clawband.model.errors import ConflictError, NotFoundError
from clawband.model.event import Tag
from clawband.model.person import Held, Operator
from clawband.ports.passwords import Passwords
from clawband.ports.registry import Registry
from clawband.ports.unit import Change, PutOperator, Unit

LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What a link is for. Its id is the digest of the token in the link."""

    name: str
    roles: frozenset[Held]
    aliases: frozenset[str]
    by: str
    expires: datetime
    recovers: datetime | None = None
    """When the account was added that this is a new way into; None for an account to be made."""


INVITATION = Kind("invitation", Invitation)


def invite(
    name: str,
    roles: frozenset[Held],
    aliases: frozenset[str],
    *,
    by: str,
    known: Registry,
    now: datetime,
    entropy: bytes,
    link: str = "",
) -> tuple[str, Unit]:
    """A token, and the unit that makes it good. Earlier links for this name end.

    With `link`, the digest of a token that somebody was given before, that one becomes good and
    the token here is empty. Raises `InputError`, and `ConflictError` for the name of an account.
    """
    refuse_known(name, known)
    sign_in.account(name, roles, aliases, now)
    sign_in.refuse_clash(name, roles, aliases, known)
    fresh = Invitation(name=name, roles=roles, aliases=aliases, by=by, expires=now + LIFE)
    return _linked(fresh, "invited", known, now, entropy, link)


def recover(
    name: str, *, by: str, known: Registry, now: datetime, entropy: bytes, link: str = ""
) -> tuple[str, Unit]:
    """The same for an account that exists: roles stay, and what its owner proves themselves with
    is replaced when the link is followed. Raises `NotFoundError`."""
    operator = account(name, known)
    fresh = Invitation(
        name=name, roles=operator.roles, aliases=operator.aliases, by=by, expires=now + LIFE,
        recovers=operator.added,
    )  # fmt: skip
    return _linked(fresh, "recovers", known, now, entropy, link)


def new_token(entropy: bytes) -> str:
    """What a link ends with."""
    return entropy[:SECRET_BYTES].hex()


def account(name: str, known: Registry) -> Operator:
    """Raises `NotFoundError`."""
    found = known.operator(name)
    if found is None:
        raise NotFoundError(
            f"there is no operator `{name[:40]}`", remedy="list them with `clawband operator list`"
        )
    return found[0]


def refuse_known(name: str, known: Registry) -> None:
    """Raises `ConflictError` for the name of an account: a second link would be a way into it."""
    if known.operator(name):
        raise ConflictError(
            f"there is an account `{name}` already",
            remedy=f"if its owner lost every way in, run `clawband operator recover {name}`",
        )


def recovering(name: str, known: Registry, now: datetime) -> Invitation | None:
    """The link by which somebody could take this account over now: its owner is told."""
    found = [each for each in open_ones(known, now) if each.name == name and each.recovers]
    return found[0] if found else None


def open_(token: str, known: Registry, now: datetime) -> Kept[Invitation]:
    """What a link is for. Raises `NotFoundError`, the same for every cause."""
    found = INVITATION.find(stored(token), known) if token else None
    if found is None or now >= found.value.expires:
        raise NotFoundError(
            "this link is not good, or no longer", remedy="ask who invited you for a new one"
        )
    return found


def by_passkey(
    token: str,
    made: Registered,
    label: str,
    *,
    known: Registry,
    now: datetime,
    entropy: bytes,
) -> Unit:
    """Follow a link with a passkey. A password that there was is good no longer.

    Raises `NotFoundError`, and `ConflictError` for a passkey that is known.
    """
    kept = open_(token, known, now)
    unit = _accepted(kept, "", known=known, now=now, entropy=entropy)
    name = kept.value.name
    added = credentials.new_passkey(name, made, label, documents=known, now=now)
    unit.changes.append(added)
    return unit


def by_password(
    token: str,
    password: str,
    *,
    known: Registry,
    passwords: Passwords,
    now: datetime,
    entropy: bytes,
) -> Unit:
    """Follow a link with a password. Privileged roles wait for a second factor.

    Raises `NotFoundError` and `InputError`.
    """
    kept = open_(token, known, now)
    hashed = sign_in.hashed_password(password, passwords)
    return _accepted(kept, hashed, known=known, now=now, entropy=entropy)


def open_ones(known: Registry, now: datetime) -> Sequence[Invitation]:
    """The links that are good now, by name."""
    found = [each.value for each in INVITATION.all(known) if now < each.value.expires]
    return sorted(found, key=lambda each: each.name)


def withdraw(name: str, *, by: str, known: Registry, now: datetime, entropy: bytes) -> Unit:
    """End the links of a name. Raises `NotFoundError`."""
    gone = withdrawn(name, known)
    if not gone:
        raise NotFoundError(
            f"nobody is invited as `{name[:40]}`",
            remedy="list invitations with `clawband operator invited`",
        )
    event = happened(Tag.OPERATOR_INVITE, by, name, "withdrawn", now=now, entropy=entropy)
    return Unit([event], gone)


def lapsed(known: Registry, now: datetime) -> list[Change]:
    """What forgets the links whose time is over."""
    return [INVITATION.drop(each) for each in INVITATION.all(known) if now >= each.value.expires]


def withdrawn(name: str, known: Registry) -> list[Change]:
    """What ends the open invitations of a name."""
    return [INVITATION.drop(each) for each in INVITATION.all(known) if each.value.name == name]


def _linked(
    fresh: Invitation, outcome: str, known: Registry, now: datetime, entropy: bytes, link: str
) -> tuple[str, Unit]:
    token = "" if link else new_token(entropy)
    put = INVITATION.new(link or stored(token), fresh)
    changes: list[Change] = [put, *withdrawn(fresh.name, known)]
    event = happened(
        Tag.OPERATOR_INVITE, fresh.by, fresh.name, outcome,
        now=now, entropy=entropy[SECRET_BYTES:], detail=_detail(fresh),
    )  # fmt: skip
    return token, Unit([event], changes)


def _accepted(
    kept: Kept[Invitation], hashed: str, *, known: Registry, now: datetime, entropy: bytes
) -> Unit:
    """The account, with nothing of what somebody proved themselves with before, nor of what they
    tied to it: who was in it had a session, and may have tied their own."""
    asked, turn = kept.value, in_turn(known)
    there = known.operator(asked.name)
    aliases = asked.aliases | (there[0].aliases if there else frozenset())
    sign_in.refuse_clash(asked.name, asked.roles, aliases, known)
    same = (there[0].added, there[0].roles) if there else (None, asked.roles)
    if same != (asked.recovers, asked.roles):
        raise ConflictError(
            "the account changed since the link was made", remedy="ask for a new link"
        )
    operator = Operator(
        name=asked.name, roles=asked.roles, aliases=aliases,
        added=there[0].added if there else now,
    )  # fmt: skip
    event = happened(
        Tag.OPERATOR_ADD, asked.by, asked.name, "accepted",
        now=now, entropy=entropy, detail=_detail(asked),
    )  # fmt: skip
    changes: list[Change] = [
        INVITATION.drop(kept),
        *credentials.forgotten(asked.name, known),
        *(_evicted(there[0], known) if there else ()),
        PutOperator(operator, hashed),
    ]
    if credentials.INVITED.find(asked.name, known) is None:
        changes.append(credentials.INVITED.new(asked.name, True))
    return Unit([event], [*changes, turn])


def _evicted(account: Operator, known: Registry) -> list[Change]:
    """What unties every chat, person of a provider, mailbox and stand-in from an account."""
    name, gone = account.name, mailbox.forgotten(account.name, known)
    code, standing_in = chats.LINKING.find(name, known), delegate.KIND.find(name, known)
    gone += [chats.LINKING.drop(code)] if code else []
    gone += [delegate.KIND.drop(standing_in)] if standing_in else []
    gone += [chats.CHAT.drop(each) for each in chats.of(name, known)]
    tied = [each for each in LINK.all(known) if each.value.name == name]
    # Where it came from the provider, the provider decides who comes in.
    return gone + [LINK.drop(each) for each in tied if not each.value.managed]


def _detail(asked: Invitation) -> dict[str, Json]:
    return {"roles": [str(role) for role in sorted(asked.roles)], "aliases": sorted(asked.aliases)}
